package io.howdah.backup.seal;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// What is read is not what was sealed: it was changed, cut off, or is another object.
public final class TamperedException extends IOException {

    private static final long serialVersionUID = 1L;

    TamperedException(String how, @Nullable Throwable cause) {
        super(how, cause);
    }
}
