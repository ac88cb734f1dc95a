package io.howdah.backup.wal;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.howdah.backup.seal.TamperedException;
import io.howdah.backup.store.ObjectDamagedException;
import io.howdah.backup.store.ObjectMissingException;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoreUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// The WAL in an object, as it is read to its end. It ends behind as many bytes as the object's
/// name says: one that holds fewer or more is as damaged as one whose checksum does not fit, though
/// zstd sees nothing wrong in it, as in an empty one. Not thread-safe; to be closed.
///
/// Any damage is an [ObjectDamagedException], thrown by a call that reads.
public final class WalContent extends InputStream {

    private final ObjectStore store;
    private final ObjectName name;
    private final long bytes;
    private final InputStream plain;
    private long read;

    /// @param bytes how many the object must hold
    /// @throws ObjectMissingException when there is none
    /// @throws ObjectDamagedException when the store knows that it is damaged
    /// @throws StoreUnavailableException when the store cannot say
    public WalContent(ObjectStore store, ObjectName name, long bytes) throws IOException {
        this.store = store;
        this.name = name;
        this.bytes = bytes;
        InputStream packed = store.get(name);
        try {
            this.plain = new ZstdInputStreamNoFinalizer(packed);
        } catch (IOException | RuntimeException e) {
            packed.close();
            throw e;
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        try {
            int now = plain.read(buffer, offset, length);
            read += Math.max(0, now);
            if (read > bytes || (now < 0 && read < bytes)) {
                throw damaged(
                        read > bytes
                                ? "it holds more than " + bytes + " bytes of WAL"
                                : "it holds " + read + " bytes of WAL out of " + bytes,
                        null);
            }
            return now;
        } catch (ZstdIOException e) {
            throw damaged("zstd: " + e.getMessage(), e);
        } catch (TamperedException e) {
            throw damaged(String.valueOf(e.getMessage()), e);
        }
    }

    private ObjectDamagedException damaged(String how, @Nullable Throwable cause) {
        return new ObjectDamagedException(name, store.toString(), how, cause);
    }

    @Override
    public void close() throws IOException {
        plain.close();
    }
}
