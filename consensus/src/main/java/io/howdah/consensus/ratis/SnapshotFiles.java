package io.howdah.consensus.ratis;

import java.io.File;
import java.io.IOException;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.statemachine.SnapshotRetentionPolicy;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.util.MD5FileUtil;

/// The files of the snapshots, where Ratis looks for them.
final class SnapshotFiles extends SimpleStateMachineStorage {

    private static final int KEPT = 2;

    /// Ratis asks for it on the thread that applies the log, which must not wait for a disk; it is
    /// done with each [#write].
    @Override
    public void cleanupOldSnapshots(SnapshotRetentionPolicy policy) {}

    /// Puts a snapshot on disk, and takes old ones away.
    void write(TermIndex at, byte[] content) throws IOException {
        File file = getSnapshotFile(at.getTerm(), at.getIndex());
        Durable.replace(file.toPath(), content);
        MD5Hash digest = MD5FileUtil.computeAndSaveMd5ForFile(file);
        updateLatestSnapshot(new SingleFileSnapshotInfo(new FileInfo(file.toPath(), digest), at));
        super.cleanupOldSnapshots(
                new SnapshotRetentionPolicy() {
                    @Override
                    public int getNumSnapshotsRetained() {
                        return KEPT;
                    }
                });
    }
}
