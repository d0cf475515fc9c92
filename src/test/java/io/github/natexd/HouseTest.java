package io.github.natexd;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static io.github.natexd.Rooms.CLASSES;
import static io.github.natexd.Rooms.HOUSE;
import static io.github.natexd.Rooms.importsOnly;
import static io.github.natexd.Rooms.importsOnlyWithinCli;
import static io.github.natexd.Rooms.in;
import static io.github.natexd.Rooms.inTheHouseBut;
import static io.github.natexd.Rooms.outside;
import static io.github.natexd.Rooms.room;
import static io.github.natexd.Rooms.rooms;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which room may import which, each rule with its reason. */
class HouseTest {
    private static final List<String> ALL = List.of(
            "wire",
            "report",
            "ports",
            "mapping",
            "translate",
            "relay",
            "linux",
            "keepalive",
            "config",
            "control",
            "daemon",
            "cli",
            "lab");

    private static final SliceAssignment EACH_PACKAGE = new SliceAssignment() {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            return SliceIdentifier.of(type.getPackageName());
        }

        @Override
        public String getDescription() {
            return "packages";
        }
    };

    @Test
    void theHouseWasFound() {
        assertFalse(CLASSES.isEmpty(), "without classes every rule holds");
    }

    @Test
    void wireKnowsNothingButOctets() {
        in("wire")
                .should()
                .dependOnClassesThat(not(resideInAnyPackage(
                        room("wire"), "java.lang..", "java.nio", "java.util", "org.jspecify.annotations")))
                .because("views over octets are of use everywhere, so they may drag in nothing but java.base")
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void reportImportsWireAlone() {
        importsOnly("report", "wire")
                .because("it is what natexd says of itself, so whoever shows it sees no more than that")
                .check(CLASSES);
    }

    @Test
    void mappingImportsWireAndReport() {
        importsOnly("mapping", "wire", "report")
                .because("a mapping is about probes, whatever they are found for")
                .check(CLASSES);
    }

    @Test
    void translateImportsWireAndMapping() {
        importsOnly("translate", "wire", "report", "ports", "mapping")
                .because("replay and fuzzing run it without a relay, a kernel or root")
                .check(CLASSES);
    }

    @Test
    void portsImportWireAlone() {
        importsOnly("ports", "wire")
                .because("whoever implements a port needs to know nothing of what is done with the packets")
                .check(CLASSES);
    }

    @Test
    void relayImportsNoSystem() {
        importsOnly("relay", "wire", "report", "ports", "mapping", "translate")
                .because("the loop sees the system through its three ports, so that tests can put fakes behind them")
                .check(CLASSES);
    }

    @Test
    void libcStandsAlone() {
        importsOnly("linux.libc")
                .because("the other rooms of linux stand on it")
                .check(CLASSES);
    }

    @Test
    void netlinkImportsLibcAlone() {
        importsOnly("linux.netlink", "linux.libc")
                .because("it asks and listens, whatever that is needed for")
                .check(CLASSES);
    }

    @Test
    void netfilterImplementsPorts() {
        importsOnly("linux.netfilter", "ports", "linux.libc", "linux.netlink")
                .because("it implements two ports and knows nothing of what is done with the packets")
                .check(CLASSES);
    }

    @Test
    void packetImplementsAPort() {
        importsOnly("linux.packet", "ports", "linux.libc", "linux.netlink", "wire")
                .because("it implements a port and knows nothing of what is done with the frames")
                .check(CLASSES);
    }

    @Test
    void emulationIsForTheLabAlone() {
        importsOnly("linux.emulation", "linux.libc", "linux.netlink")
                .because("an emulated NAT that shared sockets with what it tests would share its mistakes")
                .check(CLASSES);
        outside("linux.emulation")
                .and(not(resideInAPackage(room("lab"))))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(room("linux.emulation"))
                .because("the daemon must not be able to make interfaces or to change namespaces")
                .check(CLASSES);
    }

    @Test
    void bpfImportsLibcAlone() {
        importsOnly("linux.bpf", "linux.libc")
                .because("it loads and attaches programs, whatever they do")
                .check(CLASSES);
    }

    @Test
    void keepaliveIsApartFromTheWayOfAPacket() {
        importsOnly("keepalive", "linux.bpf", "linux.libc", "config")
                .because("it runs in a process of its own")
                .check(CLASSES);
        outside("daemon")
                .and(not(resideInAPackage(room("keepalive"))))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(room("keepalive"))
                .because("nothing that relays may depend on it")
                .check(CLASSES);
    }

    @Test
    void configImportsNoOtherRoom() {
        importsOnly("config")
                .because("check-config must work where nothing else does")
                .check(CLASSES);
    }

    @Test
    void controlImportsReportsAndNamesAlone() {
        String names = "config\\.(EffectiveConfig|Setting)"
                + "|wire\\.(Ipv4Address|MacAddress|IcmpEcho|IcmpError|MplsLabels|Protocol)";
        in("control")
                .should()
                .dependOnClassesThat(inTheHouseBut("control", "report").and(not(nameMatching(".*\\.(" + names + ")"))))
                .because("it shows reports and must not be able to reach into the way of a packet")
                .check(CLASSES);
    }

    @Test
    void daemonImportsWhatItWires() {
        importsOnly("daemon", allBut("daemon", "cli", "lab"))
                .because("a daemon needs neither its own client nor an emulated network")
                .check(CLASSES);
    }

    @Test
    void cliLeavesTheLoopAlone() {
        importsOnly("cli", allBut("cli", "keepalive"))
                .because("natexctl talks to the running daemon through the control socket")
                .check(CLASSES);
        in("cli")
                .and(not(nameMatching(".*\\.Replay(\\$.*)?")))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(room("relay"))
                .because("only replay has a loop of its own, over the packets of a capture")
                .check(CLASSES);
    }

    @Test
    void commandsImportNoCommandsOfOtherRooms() {
        importsOnlyWithinCli("cli.form").because("all commands stand on it").check(CLASSES);
        for (String room : new String[] {"cli.running", "cli.capture", "cli.lab", "cli.doctor"}) {
            importsOnlyWithinCli(room, "cli.form")
                    .because("what commands share is in form, and the root assembles them")
                    .check(CLASSES);
        }
        importsOnlyWithinCli("cli.replay", "cli.form", "cli.capture")
                .because("it also reads the files that capture writes")
                .check(CLASSES);
        importsOnlyWithinCli("cli.paths", "cli.form", "cli.capture", "cli.running")
                .because("it queries the daemon as the commands in running do, and ends as a capture does")
                .check(CLASSES);
        importsOnlyWithinCli("cli.profile", "cli.form", "cli.capture", "cli.running")
                .because("it reads the files that capture writes, or queries the daemon as the commands in running do")
                .check(CLASSES);
    }

    @Test
    void labImportsWireAndLinux() {
        importsOnly("lab", "wire", "linux")
                .because("an emulated NAT that shared code with what it tests would share its mistakes")
                .check(CLASSES);
    }

    @Test
    void aScenarioSharesWithTheLabHowNamespacesAreNamedAndRemoved() {
        String shared = ".*\\.lab\\.(LabState|Shell|Lab)(\\$.*)?";
        in("lab.scenario")
                .should()
                .dependOnClassesThat(inTheHouseBut("lab.scenario", "wire", "linux.libc", "linux.emulation")
                        .and(not(nameMatching(shared))))
                .because("each scenario has a network of its own, and knows nothing of VMware's")
                .check(CLASSES);
        noClasses()
                .that(resideInAPackage(HOUSE + ".lab"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(room("lab.scenario"))
                .because("a scenario is one of several users of a lab's state")
                .check(CLASSES);
    }

    @Test
    void roomsDependOnEachOtherInOneDirection() {
        slices().matching(HOUSE + ".(*)..")
                .should()
                .beFreeOfCycles()
                .because("data flows one way through the house")
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void packagesDependOnEachOtherInOneDirection() {
        slices().assignedFrom(EACH_PACKAGE)
                .should()
                .beFreeOfCycles()
                .because("below a room, too, data flows one way: what two packages share is in a third")
                .check(CLASSES);
    }

    @Test
    void everyRoomIsOneOfTheDesign() {
        classes()
                .should()
                .resideInAnyPackage(rooms(allBut()))
                .because("a class in no room would be bound by no rule")
                .check(CLASSES);
    }

    private static String[] allBut(String... left) {
        return ALL.stream().filter(room -> !List.of(left).contains(room)).toArray(String[]::new);
    }
}
