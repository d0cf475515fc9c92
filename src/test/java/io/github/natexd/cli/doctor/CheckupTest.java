package io.github.natexd.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.cli.doctor.Checkup.DaemonAnswer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Gathering, with files of a system of the test's own. */
class CheckupTest {
    @TempDir
    private Path root;

    @Test
    void tellsVmwareNotInstalledFromNoNatNetwork() throws IOException {
        assertFinding("vmware", State.WRONG, "not installed");

        put("etc/vmware/networking", "VERSION=1,0\nanswer VNET_1_HOSTONLY_SUBNET 172.16.1.0\n");
        assertFinding("vmware", State.WRONG, "no network with NAT");

        put("etc/vmware/networking", "answer VNET_9_NAT yes\nanswer VNET_9_VIRTUAL_ADAPTER yes\n");
        assertFinding("vmware", State.OK, "vmnet9, according to /etc/vmware/networking");
        assertFinding("interface", State.WRONG, "no interface vmnet9");
    }

    @Test
    void readsTheUsualConfigurationIfItIsThere() throws IOException {
        assertFinding("configuration", State.OK, "every setting has its default");

        put("etc/natexd/natexd.toml", "[probes]\nmax-ttl = 0\n");
        assertFinding("configuration", State.WRONG, "natexd.toml:2:1: max-ttl = 0 is out of range");
    }

    @Test
    void findsNatexdAmongTheProcessesOfItsNetwork() throws IOException {
        put("proc/1/cmdline", "/sbin/init\0");
        assertFinding("daemon", State.WRONG, "not running");

        put("proc/42/cmdline", "java\0io.github.natexd.daemon.Main\0run\0");
        put("proc/42/status", "CapEff:\t0000000000003000\n");
        Files.createDirectories(root.resolve("proc/42/ns"));
        Files.createDirectories(root.resolve("proc/thread-self/ns"));
        Files.createSymbolicLink(root.resolve("proc/thread-self/ns/net"), Path.of("net:[1]"));
        Files.createSymbolicLink(root.resolve("proc/42/ns/net"), Path.of("net:[2]"));
        assertFinding("daemon", State.WRONG, "not running");

        Files.delete(root.resolve("proc/42/ns/net"));
        Files.createSymbolicLink(root.resolve("proc/42/ns/net"), Path.of("net:[1]"));
        assertFinding("daemon", State.OK, "process 42");
        assertFinding("capabilities", State.OK, "no more");
        assertFinding("control", State.WRONG, "does not respond");
    }

    @Test
    void fixesNameTheTreeThatDoctorRunsFrom() throws IOException {
        put("etc/vmware/networking", "answer VNET_9_NAT yes\nanswer VNET_9_VIRTUAL_ADAPTER yes\n");

        DoctorFinding finding = assertFinding("rules", State.UNKNOWN, "natexd-rules failed");

        assertTrue(finding.fix().contains("sudo " + root + "/libexec/natexd-rules status"), finding::toString);
    }

    @Test
    void aProcThatHidesProcessesIsNoProofThatNatexdIsNotRunning() throws IOException {
        put("proc/42/cmdline", "bash\0");
        assertFinding("daemon", State.UNKNOWN, "hidepid");
    }

    private DoctorFinding assertFinding(String check, State state, String why) {
        List<DoctorFinding> findings = Checkup.run(
                root,
                root,
                Optional.empty(),
                config -> new DaemonAnswer("control.sock", Optional.empty(), "nobody listens", "start it", false));
        DoctorFinding finding = findings.stream()
                .filter(each -> each.check().equals(check))
                .findFirst()
                .orElseThrow();
        assertEquals(state, finding.state(), finding::toString);
        assertTrue(finding.why().contains(why), finding::toString);
        return finding;
    }

    private void put(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
