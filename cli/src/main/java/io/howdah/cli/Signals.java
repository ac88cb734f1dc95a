package io.howdah.cli;

import java.lang.reflect.Proxy;

/// Signals that mean something of our own: SIGHUP, which would end a Java machine otherwise, and
/// SIGUSR1. It keeps SIGQUIT and SIGUSR2 for itself.
final class Signals {

    private Signals() {}

    /// Calls the task, on a thread of its own, whenever the signal comes.
    ///
    /// `sun.misc.Signal` is what every JDK has for this and supports (module jdk.unsupported), but
    /// a direct use of it is a warning of the compiler that cannot be switched off.
    ///
    /// @param name without SIG
    /// @throws IllegalStateException on a Java machine without it
    @SuppressWarnings("ReferenceEquality") // a proxy is equal to itself alone
    static void onArrival(String name, Runnable task) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object calls =
                    Proxy.newProxyInstance(
                            handler.getClassLoader(),
                            new Class<?>[] {handler},
                            (self, method, arguments) ->
                                    switch (method.getName()) {
                                        case "handle" -> {
                                            Thread.ofPlatform().name("SIG" + name).start(task);
                                            yield null;
                                        }
                                        case "hashCode" -> System.identityHashCode(self);
                                        case "equals" -> self == arguments[0];
                                        default -> "SIG" + name;
                                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), calls);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "this Java machine does not hand signals over: " + e, e);
        }
    }
}
