/// Where verifiers of passwords come from: a file, or the server that has the roles, asked by a
/// role that can do nothing else. Both may block, so they are used from a thread that may wait;
/// what they said is remembered for a short while, and of not more roles than a bound.
@NullMarked
package io.howdah.proxy.verifier;

import org.jspecify.annotations.NullMarked;
