@NullMarked
package io.howdah.proxy.verifier;

import org.jspecify.annotations.NullMarked;
