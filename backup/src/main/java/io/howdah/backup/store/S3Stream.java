package io.howdah.backup.store;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongFunction;

/// An object that is read from its start. Where the connection breaks, reading goes on on another
/// one; an end before the end is no end. For one thread.
final class S3Stream extends InputStream {

    private static final int MOST_BREAKS = 5;

    private final LongFunction<InputStream> opener;
    private final long length;
    private InputStream in;
    private long position;
    private int breaks;

    /// @param first the object from its start
    /// @param length how many bytes it has
    /// @param opener gives the same object from another position on
    S3Stream(InputStream first, long length, LongFunction<InputStream> opener) {
        this.in = first;
        this.length = length;
        this.opener = opener;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
        while (position < length) {
            try {
                int read = in.read(target, offset, count);
                if (read >= 0) {
                    position += read;
                    return read;
                }
                reopen(new IOException("it ended after " + position + " of " + length + " bytes"));
            } catch (IOException e) {
                reopen(e);
            }
        }
        return -1;
    }

    private void reopen(IOException why) throws IOException {
        breaks++;
        if (breaks > MOST_BREAKS) {
            throw why;
        }
        close();
        in = opener.apply(position);
    }

    @Override
    public void close() throws IOException {
        try {
            in.close();
        } catch (IOException e) {
            if (position == length) {
                throw e;
            }
        }
    }
}
