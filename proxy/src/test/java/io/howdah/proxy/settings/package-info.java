@NullMarked
package io.howdah.proxy.settings;

import org.jspecify.annotations.NullMarked;
