package io.github.natexd.linux.netfilter;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The package managers, and their names for what natexd needs. */
public enum Packages {
    APT("apt-get", "sudo apt install", "libnetfilter-queue1", "nftables", "iptables"),
    ZYPPER("zypper", "sudo zypper install", "libnetfilter_queue1", "nftables", "iptables-backend-nft"),
    DNF("dnf", "sudo dnf install", "libnetfilter_queue", "nftables", "iptables-nft"),
    PACMAN("pacman", "sudo pacman -S", "libnetfilter_queue", "nftables", "iptables"),
    /** An unknown one; the names are those of the upstream projects. */
    OTHER("", "", "libnetfilter_queue", "nftables", "iptables");

    private final String program;
    private final String command;
    private final String queueLibrary;
    private final String nft;
    private final String iptables;

    Packages(String program, String command, String queueLibrary, String nft, String iptables) {
        this.program = program;
        this.command = command;
        this.queueLibrary = queueLibrary;
        this.nft = nft;
        this.iptables = iptables;
    }

    /**
     * The package manager of this system.
     *
     * @param root the root directory; tests use another one
     */
    public static Packages of(Path root) {
        Path programs = root.resolve("usr/bin");
        return Arrays.stream(values())
                .filter(each -> each != OTHER && Files.isExecutable(programs.resolve(each.program)))
                .findFirst()
                .orElse(OTHER);
    }

    public String installQueueLibrary() {
        return install(queueLibrary);
    }

    public String installNft() {
        return install(nft);
    }

    /** The variant that is a front end of nftables. */
    public String installIptables() {
        return install(iptables);
    }

    private String install(String name) {
        return this == OTHER
                ? "install the package " + name + " with your package manager"
                : "install it: " + command + " " + name;
    }
}
