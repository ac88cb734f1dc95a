/// Whose repository it is: one belongs to one cluster, and says so in `howdah-repository.json`.
/// Every use of it begins here, so that nothing of one cluster ever lands among another's.
@NullMarked
package io.howdah.backup.repository;

import org.jspecify.annotations.NullMarked;
