package io.howdah.cli;

import java.lang.reflect.Proxy;

/// SIGUSR1: the one signal that tells a node to end and leave its PostgreSQL running. The Java
/// machine keeps SIGUSR2 for itself, and cannot tell SIGHUP from SIGTERM once it shuts down.
final class LeaveSignal {

    private LeaveSignal() {}

    /// Calls the task, on a thread of its own, when the signal comes.
    ///
    /// `sun.misc.Signal` is what every JDK has for this and supports (module jdk.unsupported), but
    /// a direct use of it is a warning of the compiler that cannot be switched off.
    ///
    /// @throws IllegalStateException on a Java machine without it
    @SuppressWarnings("ReferenceEquality") // a proxy is equal to itself alone
    static void onArrival(Runnable task) {
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
                                            Thread.ofPlatform().name("leave").start(task);
                                            yield null;
                                        }
                                        case "hashCode" -> System.identityHashCode(self);
                                        case "equals" -> self == arguments[0];
                                        default -> "SIGUSR1";
                                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("USR1"), calls);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "this Java machine does not hand signals over: " + e, e);
        }
    }
}
