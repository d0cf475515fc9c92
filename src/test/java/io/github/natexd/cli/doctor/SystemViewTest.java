package io.github.natexd.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.cli.doctor.KernelFeatures.Feature;
import io.github.natexd.cli.doctor.KernelFeatures.Presence;
import io.github.natexd.cli.doctor.Proc.Listener;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told from /proc, /boot and /lib/modules, put together in a directory as kernels write it. */
class SystemViewTest {
    private static final String RELEASE = "6.1.0-18-amd64";

    @TempDir
    private Path root;

    @BeforeEach
    void kernel() throws IOException {
        put("proc/sys/kernel/osrelease", RELEASE + "\n");
    }

    @Test
    void aLoadedModuleIsThere() throws IOException {
        Files.createDirectories(root.resolve("sys/module/nft_queue"));

        assertEquals(new Feature(Presence.YES, "module nft_queue is loaded"), nftQueue());
    }

    @Test
    void anInstalledOrBuiltInModuleIsThere() throws IOException {
        put("lib/modules/" + RELEASE + "/modules.dep", "kernel/net/netfilter/nft_queue.ko.xz: kernel/net/x.ko\n");
        put("lib/modules/" + RELEASE + "/modules.builtin", "kernel/net/netfilter/nft_compat.ko\n");

        assertEquals(new Feature(Presence.YES, "module nft_queue is installed"), nftQueue());
        assertEquals(
                Presence.YES,
                new KernelFeatures(root).feature("NFT_COMPAT", "nft_compat").presence());
        assertEquals(
                new Feature(Presence.NO, "kernel " + RELEASE + " has no module xt_NFQUEUE"),
                new KernelFeatures(root).feature("NETFILTER_XT_TARGET_NFQUEUE", "xt_NFQUEUE"));
    }

    @Test
    void theConfigurationTellsWherePackedOrPlain() throws IOException {
        put("boot/config-" + RELEASE, "CONFIG_NFT_QUEUE=y\n# CONFIG_NFT_COMPAT is not set\n");
        assertEquals(new Feature(Presence.YES, "built in (CONFIG_NFT_QUEUE)"), nftQueue());

        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(root.resolve("proc/config.gz")))) {
            out.write("CONFIG_OTHER=y\n# CONFIG_NFT_QUEUE is not set\n".getBytes(StandardCharsets.US_ASCII));
        }
        assertEquals(new Feature(Presence.NO, "kernel " + RELEASE + " was built without CONFIG_NFT_QUEUE"), nftQueue());
    }

    /** In a container the host's modules do not show: that is no reason to call one missing. */
    @Test
    void aModuleThatCannotBeSeenIsUnknown() throws IOException {
        assertEquals(Presence.UNKNOWN, nftQueue().presence());

        put("boot/config-" + RELEASE, "CONFIG_NFT_QUEUE=m\n");
        assertEquals(Presence.UNKNOWN, nftQueue().presence());

        put("lib/modules/" + RELEASE + "/modules.dep", "kernel/other.ko:\n");
        assertEquals(new Feature(Presence.NO, "module nft_queue is not installed for kernel " + RELEASE), nftQueue());
    }

    @Test
    void findsWhoListensToAQueue() throws IOException {
        put(
                "proc/thread-self/net/netfilter/nfnetlink_queue",
                " 5510   4700     0 2 65531     0     0        0  1\n 5511   4711     0 2 65531     3     4      120  1\n");
        put("proc/thread-self/net/netfilter/nfnetlink_log", " 5511 -1234567     0 2    68    100  1\n");

        assertEquals(Optional.of(new Listener(4711, 7)), new Proc(root).queue(5511));
        assertEquals(Optional.of(new Listener(-1234567, 0)), new Proc(root).logGroup(5511));
        assertEquals(Optional.empty(), new Proc(root).queue(1));
    }

    @Test
    void withoutTheFileItDoesNotSayThatNobodyListens() {
        assertThrows(NoSuchFileException.class, () -> new Proc(root).queue(5511));
    }

    @Test
    void findsTheProcessThatHoldsASocket() throws IOException {
        put("proc/thread-self/net/netlink", """
                sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode
                00000000ef2aa936 0   4711       00000000 0        0        0     2        0        1434
                00000000ef2aa937 12  4711       00000000 0        0        0     2        0        1435
                """);
        Files.createDirectories(root.resolve("proc/12/fd"));
        Files.createDirectories(root.resolve("proc/4800/fd"));
        Files.createSymbolicLink(root.resolve("proc/12/fd/3"), Path.of("socket:[1434]"));
        Files.createSymbolicLink(root.resolve("proc/4800/fd/7"), Path.of("socket:[1435]"));
        put("proc/4800/cmdline", "java\0-cp\0lib\0io.github.natexd.daemon.Main\0run\0");

        assertEquals(OptionalLong.of(4800), new Proc(root).holder(4711));
        assertEquals(OptionalLong.empty(), new Proc(root).holder(4712));
        assertEquals(
                List.of("java", "-cp", "lib", "io.github.natexd.daemon.Main", "run"), new Proc(root).commandLine(4800));
    }

    @Test
    void readsEffectiveCapabilities() throws IOException {
        put("proc/4711/status", "Name:\tjava\nCapPrm:\t0000000000003000\nCapEff:\t0000000000001000\n");

        assertEquals(1L << 12, new Proc(root).capabilities(4711));
        assertThrows(IOException.class, () -> new Proc(root).capabilities(1));
    }

    /** This very process, by the real /proc. */
    @Test
    void seesItsOwnProcess() throws IOException {
        Proc proc = new Proc(Path.of("/"));
        long self = ProcessHandle.current().pid();

        assertTrue(proc.processes().contains(self));
        assertTrue(proc.sharesNetwork(self));
        assertTrue(proc.commandLine(self).get(0).endsWith("java"), proc.commandLine(self)::toString);
    }

    private Feature nftQueue() {
        return new KernelFeatures(root).feature("NFT_QUEUE", "nft_queue");
    }

    private void put(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
