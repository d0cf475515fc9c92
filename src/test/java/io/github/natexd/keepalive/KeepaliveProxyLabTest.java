package io.github.natexd.keepalive;

import static io.github.natexd.keepalive.KeepaliveScene.await;
import static io.github.natexd.keepalive.KeepaliveScene.pause;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.keepalive.KeepaliveScene.Service;
import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.linux.emulation.Namespace;
import io.github.natexd.testkit.LabShell;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** natexd keepalive and a guest behind the lab's NAT process, which carries TCP as a proxy does. */
class KeepaliveProxyLabTest {
    private static final int PORT = 7007;
    /** The lab's NAT process is a part of this one; a process can rename itself only. */
    private static final Path OWN_NAME = Path.of("/proc/self/comm");

    @TempDir
    private Path directory;

    @Test
    void aGuestNoticesThatItsPeerIsGone() throws Exception {
        String name = Files.readString(OWN_NAME);
        try (Lab lab = Lab.up(LabOptions.defaults());
                ServerSocket server = Namespace.call(lab.namespace(Node.TARGET), () -> new ServerSocket(PORT));
                KeepaliveScene scene = new KeepaliveScene(directory)) {
            Files.writeString(OWN_NAME, NatProcesses.NAME);
            Process unaware = connect(lab);
            Socket first = server.accept();
            Service service = scene.service(
                    Service.BOTH, "enabled = true", "idle-seconds = 1", "interval-seconds = 1", "count = 2");
            service.awaitLog("\\(process " + ProcessHandle.current().pid() + "\\)");
            Process aware = connect(lab);
            Socket second = server.accept();
            pause(500);

            long before = segmentsAtTarget(lab);
            pause(4_500);
            long keepalives = segmentsAtTarget(lab) - before;
            assertTrue(keepalives >= 3 && keepalives <= 5, keepalives + " in 4.5 s, of one connection, one a second");

            LabShell.must(lab, Node.TARGET, "ip link set " + Topology.DOWN + " down");
            await("the guest's connection has ended", () -> !aware.isAlive());
            assertTrue(unaware.isAlive(), "nobody tells the guest about the other connection");

            unaware.destroy();
            first.close();
            second.close();
        } finally {
            Files.writeString(OWN_NAME, name);
        }
    }

    /** A guest's program that waits for data, and ends with its connection. */
    private static Process connect(Lab lab) throws IOException {
        String script = "exec 3<>/dev/tcp/" + Topology.TARGET + "/" + PORT + "; read -r -u 3";
        return lab.start(Node.GUEST1, "bash", "-c", script);
    }

    private static long segmentsAtTarget(Lab lab) {
        String segments = LabShell.must(lab, Node.TARGET, "awk '/^Tcp: [0-9]/ { print $11 }' /proc/net/snmp");
        return Long.parseLong(segments.strip());
    }
}
