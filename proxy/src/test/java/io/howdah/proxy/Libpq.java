package io.howdah.proxy;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.stream.Stream;

/// PostgreSQL's own client library, as far as tests need it. Stateless but for the library.
@SuppressWarnings("restricted") // there is no other way to it
final class Libpq {

    private static final MemoryLayout POINTER = ValueLayout.ADDRESS;
    private static final MemoryLayout NUMBER = ValueLayout.JAVA_INT;

    private final SymbolLookup library;

    /// @param file the library
    Libpq(Path file) {
        library = SymbolLookup.libraryLookup(file, Arena.global());
    }

    private Object call(String function, MemoryLayout result, Object... arguments) {
        return call(function, FunctionDescriptor.of(result, kinds(arguments)), arguments);
    }

    /// One that returns nothing.
    private void run(String function, MemorySegment argument) {
        call(function, FunctionDescriptor.ofVoid(POINTER), argument);
    }

    private static MemoryLayout[] kinds(Object... arguments) {
        return Stream.of(arguments)
                .map(argument -> argument instanceof MemorySegment ? POINTER : NUMBER)
                .toArray(MemoryLayout[]::new);
    }

    private Object call(String function, FunctionDescriptor kind, Object... arguments) {
        try {
            return Linker.nativeLinker()
                    .downcallHandle(library.find(function).orElseThrow(), kind)
                    .invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new IllegalStateException(function, e);
        }
    }

    private static String text(Object pointer) {
        MemorySegment segment = (MemorySegment) pointer;
        return segment.equals(MemorySegment.NULL)
                ? ""
                : segment.reinterpret(Long.MAX_VALUE).getString(0);
    }

    /// A connection. For one thread at a time.
    final class Session implements AutoCloseable {

        private final MemorySegment connection;

        /// @param settings as libpq has them, `key=value` with blanks between
        Session(String settings) {
            try (Arena arena = Arena.ofConfined()) {
                connection =
                        (MemorySegment) call("PQconnectdb", POINTER, arena.allocateFrom(settings));
            }
            if (!call("PQstatus", NUMBER, connection).equals(0)) {
                String why = text(call("PQerrorMessage", POINTER, connection));
                close();
                throw new IllegalStateException(why);
            }
        }

        boolean isEncrypted() {
            return call("PQsslInUse", NUMBER, connection).equals(1);
        }

        /// Such as 30002 for 3.2.
        int protocolVersion() {
            return (int) call("PQfullProtocolVersion", NUMBER, connection);
        }

        void send(String sql) {
            try (Arena arena = Arena.ofConfined()) {
                if (!call("PQsendQuery", NUMBER, connection, arena.allocateFrom(sql)).equals(1)) {
                    throw new IllegalStateException(
                            text(call("PQerrorMessage", POINTER, connection)));
                }
            }
        }

        /// Waits for all that was asked to be answered.
        ///
        /// @return the code of the last error; empty when there was none
        String outcome() {
            String code = "";
            while (true) {
                var result = (MemorySegment) call("PQgetResult", POINTER, connection);
                if (result.equals(MemorySegment.NULL)) {
                    return code;
                }
                code = text(call("PQresultErrorField", POINTER, result, (int) 'C'));
                run("PQclear", result);
            }
        }

        /// Cancels what is under way, by a connection like this one, and waits for the end of that.
        void cancel() {
            var request = (MemorySegment) call("PQcancelCreate", POINTER, connection);
            try {
                if (!call("PQcancelBlocking", NUMBER, request).equals(1)) {
                    throw new IllegalStateException(
                            text(call("PQcancelErrorMessage", POINTER, request)));
                }
            } finally {
                run("PQcancelFinish", request);
            }
        }

        @Override
        public void close() {
            run("PQfinish", connection);
        }
    }
}
