/// Who may lead next, judged from the votes alone. Pure.
@NullMarked
package io.howdah.cluster.election;

import org.jspecify.annotations.NullMarked;
