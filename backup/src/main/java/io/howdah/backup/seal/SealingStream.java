package io.howdah.backup.seal;

import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;

/// Seals what is read through it, or opens it, block by block: what comes out is whole blocks that
/// were looked at. For one thread.
final class SealingStream extends InputStream {

    private final InputStream in;
    private final SecretKey key;
    private final int mode;
    private final int blockBytes;
    private byte[] next;
    private byte[] ready;
    private int position;
    private long block;
    private boolean ended;

    private SealingStream(InputStream in, SecretKey key, int mode, int blockBytes, byte[] head)
            throws IOException {
        this.in = in;
        this.key = key;
        this.mode = mode;
        this.blockBytes = blockBytes;
        this.ready = head;
        this.next = in.readNBytes(blockBytes);
    }

    /// Seals.
    ///
    /// @param head what goes before it
    static InputStream seal(InputStream plain, SecretKey key, byte[] head) throws IOException {
        return new SealingStream(plain, key, Cipher.ENCRYPT_MODE, SealedFormat.BLOCK_BYTES, head);
    }

    /// Opens what follows a head.
    static InputStream open(InputStream sealed, SecretKey key) throws IOException {
        return new SealingStream(
                sealed, key, Cipher.DECRYPT_MODE, SealedFormat.SEALED_BLOCK_BYTES, new byte[0]);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (position == ready.length) {
            if (ended) {
                return -1;
            }
            advance();
        }
        int read = Math.min(length, ready.length - position);
        System.arraycopy(ready, position, target, offset, read);
        position += read;
        return read;
    }

    private void advance() throws IOException {
        byte[] current = next;
        next = current.length < blockBytes ? new byte[0] : in.readNBytes(blockBytes);
        ended = next.length == 0;
        try {
            ready = Derivation.cipher(mode, key, block, ended).doFinal(current);
        } catch (GeneralSecurityException e) {
            throw new TamperedException("block " + block + " was changed or cut off", e);
        }
        Arrays.fill(current, (byte) 0);
        position = 0;
        block++;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
