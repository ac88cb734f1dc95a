/// A store that is read and written with a key. What lies in the store below it nobody can read, or
/// change without being noticed, who does not have the key; names and sizes are not hidden. A
/// repository has a key of its own, made at random, which is kept in it wrapped with the
/// operator's: so that one can be changed without a byte being written anew.
@NullMarked
package io.howdah.backup.seal;

import org.jspecify.annotations.NullMarked;
