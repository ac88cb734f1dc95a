@NullMarked
package io.howdah.proxy.session;

import org.jspecify.annotations.NullMarked;
