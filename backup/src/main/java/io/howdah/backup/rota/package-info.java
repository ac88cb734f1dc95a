/// Who of several does what each could do.
@NullMarked
package io.howdah.backup.rota;

import org.jspecify.annotations.NullMarked;
