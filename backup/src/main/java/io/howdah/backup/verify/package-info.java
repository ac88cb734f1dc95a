/// Reads a repository through, and names what is damaged: which file of which backup, and in which
/// object of the repository. Every stored chunk is read once, however many backups refer to it.
@NullMarked
package io.howdah.backup.verify;

import org.jspecify.annotations.NullMarked;
