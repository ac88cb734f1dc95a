@NullMarked
package io.howdah.proxy.statement;

import org.jspecify.annotations.NullMarked;
