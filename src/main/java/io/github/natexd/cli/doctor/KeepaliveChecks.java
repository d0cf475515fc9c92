package io.github.natexd.cli.doctor;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** natexd-keepalive: the settings and the service have to agree. Off is well, too. */
final class KeepaliveChecks {
    static final String UNIT = "natexd-keepalive.service";
    private static final String PROPERTIES = "LoadState,ActiveState,UnitFileState,StatusText";
    private static final String START = "sudo systemctl enable --now natexd-keepalive";
    private static final String WHY = "see why: journalctl -u natexd-keepalive";
    /** How it begins to say that it has no NAT process, or has failed with one. */
    private static final String WAITING = "waiting";

    private static final String TROUBLE = "no keepalives";

    private KeepaliveChecks() {}

    /**
     * How systemd sees the service, in systemd's words.
     *
     * @param status what the service says that it does
     */
    record Service(String load, String active, String enabled, String status) {
        boolean isMeantToRun() {
            return enabled.startsWith("enabled") || active.equals("active") || active.equals("failed");
        }
    }

    static Service service() throws IOException {
        Map<String, String> values = Checkup.properties(UNIT, PROPERTIES);
        return new Service(
                values.getOrDefault("LoadState", ""),
                values.getOrDefault("ActiveState", ""),
                values.getOrDefault("UnitFileState", ""),
                values.getOrDefault("StatusText", ""));
    }

    static Diagnosis keepalive(Facts facts) {
        boolean wanted = facts.settings().config().keepalive().enabled();
        return facts.keepalive()
                .fold(
                        service -> wanted ? on(service) : off(service),
                        why -> wanted
                                ? Diagnosis.unknown(why, "systemctl status natexd-keepalive")
                                : Diagnosis.ok("off (keepalive.enabled = false)"));
    }

    private static Diagnosis off(Optional<Service> service) {
        return service.isPresent() && service.get().isMeantToRun()
                ? Diagnosis.wrong(
                        UNIT + " is " + service.get().enabled() + " and "
                                + service.get().active() + ", but keepalive.enabled is false",
                        "set keepalive.enabled to true, then sudo systemctl restart natexd-keepalive; or"
                                + " sudo systemctl disable --now natexd-keepalive")
                : Diagnosis.ok("off (keepalive.enabled = false)");
    }

    private static Diagnosis on(Optional<Service> present) {
        if (present.isEmpty()) {
            return Diagnosis.unknown(
                    "keepalive.enabled is true; systemd does not run here, so doctor cannot see whether it works",
                    "run as root: natexd keepalive");
        }
        Service service = present.get();
        if (!service.load().equals("loaded")) {
            return Diagnosis.wrong(
                    "keepalive.enabled is true, but there is no " + UNIT + " (" + service.load() + ")",
                    "install natexd's package, or ./dev install");
        }
        if (!service.active().equals("active")) {
            return Diagnosis.wrong(
                    "keepalive.enabled is true, but " + UNIT + " is " + service.active(),
                    service.active().equals("inactive") ? START : WHY + "; then " + START);
        }
        if (service.status().startsWith(TROUBLE)) {
            return Diagnosis.wrong(service.status(), WHY);
        }
        return service.status().startsWith(WAITING)
                ? Diagnosis.unknown(service.status(), "start VMware's services, then run doctor again")
                : Diagnosis.ok(service.status());
    }
}
