package io.github.natexd.testkit;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.ObjectReference;
import com.sun.jdi.ThreadReference;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.AttachingConnector;
import com.sun.jdi.connect.Connector;
import io.github.natexd.lab.Lab;
import io.github.natexd.lab.Node;
import io.github.natexd.linux.emulation.Namespace;
import java.util.Map;

/** Does what no user can do: stops a single thread of a natexd, or throws an error in it. */
public final class Debugger implements AutoCloseable {
    private static final String PORT = "5005";

    /** The value of NATEXD_JAVA_OPTS for the process to be debugged, which listens in its network namespace. */
    public static final String OPTION =
            "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:" + PORT;

    private final VirtualMachine machine;

    private Debugger(VirtualMachine machine) {
        this.machine = machine;
    }

    public static Debugger attach(Lab lab, Node node) {
        AttachingConnector connector = Bootstrap.virtualMachineManager().attachingConnectors().stream()
                .filter(candidate -> candidate.name().equals("com.sun.jdi.SocketAttach"))
                .findFirst()
                .orElseThrow();
        Map<String, Connector.Argument> arguments = connector.defaultArguments();
        arguments.get("hostname").setValue("127.0.0.1");
        arguments.get("port").setValue(PORT);
        return new Debugger(Namespace.call(lab.namespace(node), () -> connector.attach(arguments)));
    }

    public void suspend(String thread) {
        thread(thread).suspend();
    }

    public void resume(String thread) {
        thread(thread).resume();
    }

    /** Throws an OutOfMemoryError in the thread; the JVM keeps preallocated instances. */
    public void stop(String thread) throws Exception {
        ObjectReference error = machine.classesByName("java.lang.OutOfMemoryError")
                .get(0)
                .instances(1)
                .get(0);
        thread(thread).stop(error);
    }

    private ThreadReference thread(String name) {
        return machine.allThreads().stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        try {
            machine.dispose();
        } catch (com.sun.jdi.VMDisconnectedException e) {
            // The process has ended, as the test intends.
        }
    }
}
