package io.github.natexd.linux.netfilter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On hosts that differ in their package manager. */
class PackagesTest {
    @TempDir
    private Path root;

    @ParameterizedTest
    @CsvSource({
        "apt-get, install it: sudo apt install libnetfilter-queue1, install it: sudo apt install iptables",
        "dnf, install it: sudo dnf install libnetfilter_queue, install it: sudo dnf install iptables-nft",
        "zypper, install it: sudo zypper install libnetfilter_queue1,"
                + " install it: sudo zypper install iptables-backend-nft",
        "pacman, install it: sudo pacman -S libnetfilter_queue, install it: sudo pacman -S iptables",
        "nix-env, install the package libnetfilter_queue with your package manager,"
                + " install the package iptables with your package manager",
    })
    void namesTheCommandOfTheHost(String program, String library, String iptables) throws IOException {
        Path file = Files.createDirectories(root.resolve("usr/bin")).resolve(program);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));

        Packages packages = Packages.of(root);

        assertEquals(library, packages.installQueueLibrary());
        assertEquals(iptables, packages.installIptables());
    }
}
