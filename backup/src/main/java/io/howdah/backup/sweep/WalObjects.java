package io.howdah.backup.sweep;

import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.keep.WalKeep;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoredObject;
import io.howdah.backup.wal.WalNames;
import io.howdah.backup.wal.WalSegment;
import java.util.ArrayList;
import java.util.List;

/// The WAL in a repository, object by object.
///
/// @param store where it lies
/// @param backup of the same cluster: it knows how large segments are
record WalObjects(ObjectStore store, BackupRecord backup) {

    /// Segments and pieces that are not kept. Histories always are.
    List<StoredObject> past(WalKeep keep) {
        var names = new WalNames(backup.systemIdentifier());
        var past = new ArrayList<StoredObject>();
        store.forEach(
                names.prefix(),
                object -> {
                    boolean gone =
                            switch (names.parse(object.name()).orElse(null)) {
                                case WalNames.Segment(var timeline, String name) ->
                                        WalSegment.named(name, backup.walSegmentBytes())
                                                .map(segment ->
                                                        !keep.keeps(timeline, segment.range()))
                                                .orElse(false);
                                case WalNames.Piece(var timeline, var range) ->
                                        !keep.keeps(timeline, range);
                                case WalNames.History _ -> false;
                                case null -> false;
                            };
                    if (gone) {
                        past.add(object);
                    }
                });
        return past;
    }
}
