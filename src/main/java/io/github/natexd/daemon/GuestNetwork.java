package io.github.natexd.daemon;

import io.github.natexd.config.Config;
import io.github.natexd.config.VmwareNetworking;
import io.github.natexd.control.StatusReport;
import io.github.natexd.linux.libc.OsException;
import io.github.natexd.linux.netlink.Interfaces;
import io.github.natexd.linux.packet.PacketSocket;
import io.github.natexd.ports.Surroundings;
import io.github.natexd.wire.Ipv4Address;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the guest network and opens a link to it; opens another link when the network returns as another interface. No
 * failure here ends the loop: whatever failed is tried again a second later.
 */
final class GuestNetwork implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GuestNetwork.class);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** The kernel reports new interfaces, but not a changed file. */
    private static final long FILE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Path networking;
    private final Status status;
    private Config config;
    private String name = "";
    private int index;
    private @Nullable PacketSocket link;
    private Surroundings surroundings = new Surroundings(new int[0], 0, 32, 0);
    private Optional<String> address = Optional.empty();
    private String reported = "";
    private boolean retry;
    private long retryNanos;
    private long openedNanos;

    /** @param networking VMware's own configuration of its networks */
    GuestNetwork(Path networking, Config config, Status status) {
        this.networking = networking;
        this.config = config;
        this.status = status;
        openedNanos = System.nanoTime() - RETRY_NANOS;
    }

    /** Applies another configuration; the caller then calls {@link #refresh}. */
    void configure(Config changed) {
        String before = name;
        name = "";
        boolean sameTtl = changed.probes().maxTtl() == config.probes().maxTtl();
        config = changed;
        if (!name().orElse("").equals(before)
                || !(sameTtl || hearsUpTo(changed.probes().maxTtl()))) {
            close();
        }
    }

    private boolean hearsUpTo(int maxTtl) {
        try {
            if (link != null) {
                link.maxTtl(maxTtl);
            }
            return true;
        } catch (OsException e) {
            LOG.warn(
                    "cannot change the filter of the socket on the guest network; opening the socket again: {}",
                    e.getMessage());
            return false;
        }
    }

    /** The interface's name: configured, or found in VMware's own configuration; empty if neither names one. */
    Optional<String> name() {
        if (name.isEmpty()) {
            findName();
        }
        return name.isEmpty() ? Optional.empty() : Optional.of(name);
    }

    /**
     * Finds the name again unless it is configured: VMware's network editor can move NAT from one network to another.
     * The name stays as long as its network has NAT, or no other network has it.
     */
    private void findName() {
        if (config.guestNetwork().interfaceName().isPresent()) {
            name = config.guestNetwork().interfaceName().get();
            return;
        }
        List<String> recorded = recordedByVmware();
        if (!recorded.isEmpty() && !recorded.contains(name)) {
            if (!name.isEmpty()) {
                LOG.info("VMware's NAT network was {} and is now {}", name, recorded.get(0));
                close();
            }
            name = recorded.get(0);
        }
    }

    private List<String> recordedByVmware() {
        try {
            List<String> recorded = VmwareNetworking.natInterfaces(networking);
            if (recorded.isEmpty() && name.isEmpty()) {
                report(
                        false,
                        "no NAT network in " + networking
                                + ": waiting for VMware Workstation (or set guest-network.interface)");
            }
            return recorded;
        } catch (UncheckedIOException e) {
            if (name.isEmpty()) {
                report(
                        false,
                        "cannot read " + networking + ": " + e.getMessage()
                                + ": let natexd's user read it, or set guest-network.interface");
            }
            return List.of();
        }
    }

    @Nullable
    PacketSocket link() {
        return link;
    }

    /** The addresses of the host and the guest network, as of the last {@link #refresh} that could read them. */
    Surroundings surroundings() {
        return surroundings;
    }

    /**
     * Looks again, after news of links or addresses or a dead link; may change {@link #link} and {@link #surroundings}.
     */
    void refresh() {
        retry = false;
        findName();
        if (!name.isEmpty()) {
            try {
                look(name);
            } catch (OsException e) {
                report(link != null, "cannot use guest network " + name + "; trying again: " + e.getMessage());
                retryIn(RETRY_NANOS);
            }
        }
        if (link == null && !retry && config.guestNetwork().interfaceName().isEmpty()) {
            // VMware may write its file after the kernel's last report about a link.
            retryIn(FILE_NANOS);
        }
    }

    private void look(String guestNetwork) {
        int present = Interfaces.isUp(guestNetwork) ? Interfaces.index(guestNetwork) : 0;
        if (present != index) {
            close();
        }
        if (present == 0) {
            report(false, "guest network " + guestNetwork + " is missing or down: waiting for it");
        } else if (link == null) {
            open(guestNetwork, present);
        } else {
            link.mtu(Interfaces.mtu(guestNetwork));
        }
        lookAround(guestNetwork);
    }

    private void open(String guestNetwork, int present) {
        long age = System.nanoTime() - openedNanos;
        if (age < RETRY_NANOS) {
            // The last link was lost as soon as it was open: wait before the next attempt.
            retryIn(RETRY_NANOS - age);
            return;
        }
        openedNanos = System.nanoTime();
        link = PacketSocket.open(guestNetwork, config.probes().maxTtl());
        index = present;
    }

    private void lookAround(String guestNetwork) {
        List<Interfaces.HostAddress> addresses = Interfaces.addresses();
        int[] all = addresses.stream().mapToInt(Interfaces.HostAddress::address).toArray();
        for (Interfaces.HostAddress candidate : addresses) {
            if (candidate.interfaceName().equals(guestNetwork)) {
                surroundings = new Surroundings(
                        all, candidate.address(), candidate.prefixLength(), Interfaces.mac(guestNetwork));
                String found = Ipv4Address.text(candidate.address()) + "/" + candidate.prefixLength();
                address = Optional.of(found);
                if (link != null) {
                    report(true, "guest network " + guestNetwork + ": " + found);
                }
                return;
            }
        }
        address = Optional.empty();
        surroundings = new Surroundings(all, 0, 32, 0);
        if (link != null) {
            report(false, "guest network " + guestNetwork + " has no IPv4 address: waiting for one");
        }
    }

    /** The link no longer works, even if another interface now has its name. */
    void lost() {
        close();
    }

    /** The guest network as found last. */
    StatusReport.GuestNetwork report() {
        return new StatusReport.GuestNetwork(
                name.isEmpty() ? Optional.empty() : Optional.of(name), address, link != null);
    }

    /** Milliseconds until the next {@link #refresh} without news; -1: none is needed. */
    long idleMillis(long nowNanos) {
        return retry ? Math.max(0, (retryNanos - nowNanos + 999_999) / 1_000_000) : -1;
    }

    private void retryIn(long nanos) {
        retry = true;
        retryNanos = System.nanoTime() + nanos;
    }

    /** Reports a change of state once. */
    private void report(boolean up, String message) {
        if (!message.equals(reported)) {
            reported = message;
            LOG.info("{}", message);
            status.guestNetwork(up, message);
        }
    }

    @Override
    public void close() {
        if (link != null) {
            link.close();
            link = null;
        }
        index = 0;
    }
}
