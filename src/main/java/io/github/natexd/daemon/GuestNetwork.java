package io.github.natexd.daemon;

import io.github.natexd.config.Config;
import io.github.natexd.config.VmwareNetworking;
import io.github.natexd.control.StatusReport;
import io.github.natexd.linux.Interfaces;
import io.github.natexd.linux.OsException;
import io.github.natexd.linux.PacketSocket;
import io.github.natexd.translate.Surroundings;
import io.github.natexd.wire.Ipv4Address;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the guest network, opens a link to it when it is there, and again when it has come back as another one. */
final class GuestNetwork implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GuestNetwork.class);

    private final Config config;
    private String name = "";
    private int index;
    private @Nullable PacketSocket link;
    private String said = "";
    private Optional<String> address = Optional.empty();

    GuestNetwork(Config config) {
        this.config = config;
    }

    /** The interface's name: configured, or found in VMware's own configuration; empty while neither says. */
    Optional<String> name() {
        if (name.isEmpty()) {
            name = config.guestNetwork()
                    .interfaceName()
                    .or(GuestNetwork::recordedByVmware)
                    .orElse("");
            if (name.isEmpty()) {
                say("no NAT network in " + VmwareNetworking.FILE
                        + ": waiting for VMware Workstation (or set guest-network.interface)");
            }
        }
        return name.isEmpty() ? Optional.empty() : Optional.of(name);
    }

    private static Optional<String> recordedByVmware() {
        try {
            return VmwareNetworking.natInterface(VmwareNetworking.FILE);
        } catch (UncheckedIOException e) {
            LOG.warn("cannot read {}: {}; set guest-network.interface", VmwareNetworking.FILE, e.getMessage());
            return Optional.empty();
        }
    }

    @Nullable
    PacketSocket link() {
        return link;
    }

    /**
     * Looks again, after news of links or addresses or a dead link.
     *
     * @return whether {@link #link} is another one than before
     */
    boolean refresh() {
        if (name().isEmpty()) {
            return false;
        }
        int present = Interfaces.isUp(name) ? Interfaces.index(name) : 0;
        if (present == index && (present == 0) == (link == null)) {
            sayWaiting(present);
            return false;
        }
        close();
        sayWaiting(present);
        if (present != 0) {
            open(present);
        }
        return true;
    }

    /** The link said that its interface is gone: it is of no use any more, whatever has taken its name. */
    void lost() {
        close();
    }

    Surroundings surroundings() {
        List<Interfaces.HostAddress> addresses = Interfaces.addresses();
        int[] all = addresses.stream().mapToInt(Interfaces.HostAddress::address).toArray();
        for (Interfaces.HostAddress candidate : addresses) {
            if (candidate.interfaceName().equals(name)) {
                String found = Ipv4Address.text(candidate.address()) + "/" + candidate.prefixLength();
                address = Optional.of(found);
                sayFound("guest network " + name + ": " + found);
                return new Surroundings(all, candidate.address(), candidate.prefixLength(), Interfaces.mac(name));
            }
        }
        address = Optional.empty();
        return new Surroundings(all, 0, 32, 0);
    }

    /** As found last. */
    StatusReport.GuestNetwork report() {
        return new StatusReport.GuestNetwork(
                name.isEmpty() ? Optional.empty() : Optional.of(name), address, link != null);
    }

    private void open(int present) {
        try {
            link = PacketSocket.open(name, config.probes().maxTtl());
            index = present;
        } catch (OsException e) {
            // It went again between the two calls: the news of that is on its way.
            say("cannot open " + name + " yet: " + e.getMessage());
        }
    }

    private void sayWaiting(int present) {
        if (present == 0) {
            say("guest network " + name + " is not there or not up: waiting for it");
        }
    }

    private void sayFound(String message) {
        if (link != null) {
            say(message);
        }
    }

    /** Says a change of state once. */
    private void say(String message) {
        if (!message.equals(said)) {
            said = message;
            LOG.info("{}", message);
            Notify.status(message);
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
