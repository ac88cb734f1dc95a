/// What `/metrics` shows: Patroni's names for the dashboards and alerts that exist, and Howdah's
/// own for what Patroni has not. Every value is taken at the moment of a scrape; who is not scraped
/// pays nothing. `Scrape` is what was measured, the rest is pure.
@NullMarked
package io.howdah.node.metrics;

import org.jspecify.annotations.NullMarked;
