/// SCRAM-SHA-256 as a server speaks it: a client proves that it knows a password of which we hold
/// no more than a verifier, and by its proof hands over the key with which the same login can be
/// done at the server behind us. Pure but for random numbers; what is cryptographic is done by a
/// library.
@NullMarked
package io.howdah.proxy.scram;

import org.jspecify.annotations.NullMarked;
