/// What the commands for backups show, and how they find the server that is backed up.
@NullMarked
package io.howdah.cli.backup;

import org.jspecify.annotations.NullMarked;
