package io.github.natexd;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which room may import which, each rule with its reason. */
class HouseTest {
    private static final String HOUSE = "io.github.natexd";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(HOUSE);

    /** The rooms that only calculate: the same octets and times always give the same result. */
    private static final String[] PURE_ROOMS = rooms("wire", "mapping", "translate");

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
    void mappingImportsWireAlone() {
        importsOnly("mapping", "wire")
                .because("a mapping is about probes, whatever they are found for")
                .check(CLASSES);
    }

    @Test
    void translateImportsWireAndMapping() {
        importsOnly("translate", "wire", "mapping")
                .because("replay and fuzzing run it without a relay, a kernel or root")
                .check(CLASSES);
    }

    @Test
    void relayImportsNoSystem() {
        importsOnly("relay", "wire", "mapping", "translate")
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
    void netfilterImplementsPortsOfRelay() {
        importsOnlyAndPorts("(PacketQueue|EgressLog)", "linux.netfilter", "linux.libc", "linux.netlink")
                .because("it implements two ports and knows nothing of what is done with the packets")
                .check(CLASSES);
    }

    @Test
    void packetImplementsAPortOfRelay() {
        importsOnlyAndPorts("GuestLink", "linux.packet", "linux.libc", "linux.netlink", "wire")
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
    void controlImportsSnapshotsAndNamesAlone() {
        String snapshots = "relay\\.(Snapshot|NatDelivery|Observation(\\$.*)?|Observer|Counters(\\$Event)?)"
                + "|mapping\\.(NatProfile(\\$.*)?|MappingPage|MappingRow)|config\\.(EffectiveConfig|Setting)";
        String names = "translate\\.Reason|wire\\.(Ipv4Address|MacAddress|IcmpError|MplsLabels|Protocol)";
        in("control")
                .should()
                .dependOnClassesThat(
                        inTheHouseBut("control").and(not(nameMatching(".*\\.(" + snapshots + "|" + names + ")"))))
                .because("it shows snapshots and must not be able to reach into the way of a packet")
                .check(CLASSES);
    }

    @Test
    void daemonImportsWhatItWires() {
        importsOnly("daemon", "wire", "mapping", "translate", "relay", "linux", "config", "control", "keepalive")
                .because("a daemon needs neither its own client nor an emulated network")
                .check(CLASSES);
    }

    @Test
    void cliLeavesTheLoopAlone() {
        // Replay calls translate, which uses types of mapping and wire.
        importsOnly("cli", "control", "config", "translate", "mapping", "wire", "relay", "lab", "linux", "daemon")
                .because("natexctl talks to the running daemon through the control socket")
                .check(CLASSES);
        in("cli")
                .and(not(nameMatching(".*\\.(Replay|ReplayPorts)(\\$.*)?")))
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
    void jnrStaysInLinux() {
        outside("linux")
                .and(not(resideInAnyPackage(room("control"), room("daemon"))))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("jnr..", "com.kenai.jffi..")
                .because("a null Pointer given to a library ends the JVM: one room checks them all")
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void controlAndDaemonUseJnrForUnixSocketsOnly() {
        noClasses()
                .that(resideInAnyPackage(room("control"), room("daemon")))
                .should()
                .dependOnClassesThat(resideInAnyPackage("jnr..", "com.kenai.jffi..")
                        .and(not(resideInAnyPackage("jnr.unixsocket..", "jnr.enxio.."))))
                .because("the control socket and sd_notify need unix sockets (and the channels they extend), no more")
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void pureRoomsHaveNoLog() {
        noClasses()
                .that(resideInAnyPackage(PURE_ROOMS))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.slf4j..", "java.util.logging..")
                .because("reasons are returned; what is worth a line in the log is decided above")
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void pureRoomsHaveNoClock() {
        noClasses()
                .that(resideInAnyPackage(PURE_ROOMS))
                .should()
                .dependOnClassesThat(resideInAPackage("java.time..").and(not(type(java.time.Duration.class))))
                .orShould()
                .accessTargetWhere(
                        target(owner(type(System.class))).and(target(nameMatching(".*(nanoTime|currentTimeMillis)"))))
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(java.util.Date.class)
                .because("time is an argument: tests and replay decide what time it is")
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void pureRoomsTouchNoSystem() {
        noClasses()
                .that(resideInAnyPackage(PURE_ROOMS))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net..", "java.nio.channels..", "java.nio.file..", "java.util.concurrent..")
                .because("they only calculate, on the thread of their caller")
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void librariesForOneTaskStayInOneRoom() {
        library("picocli..", "cli")
                .because("the daemon starts without parsing annotations")
                .check(CLASSES);
        library("com.google.gson..", "cli")
                .because("natexctl alone reads JSON; control.JsonWriter writes it, for natexd's answers and natexctl's")
                .check(CLASSES);
        library("org.tomlj..", "config")
                .because("the rest of the house sees Config, not TOML")
                .check(CLASSES);
        library("org.apache.commons.daemon..", "daemon")
                .because("the life cycle is the daemon's")
                .check(CLASSES);
    }

    @Test
    void everyRoomIsOneOfTheDesign() {
        String[] rooms = rooms(
                "wire",
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
        classes()
                .should()
                .resideInAnyPackage(rooms)
                .because("a class in no room would be bound by no rule")
                .check(CLASSES);
    }

    private static ArchRule importsOnly(String room, String... others) {
        String[] allowed = Stream.concat(Stream.of(room), Arrays.stream(others)).toArray(String[]::new);
        return in(room).should().dependOnClassesThat(inTheHouseBut(allowed)).allowEmptyShould(true);
    }

    private static ArchRule importsOnlyAndPorts(String ports, String room, String... others) {
        String[] allowed = Stream.concat(Stream.of(room), Arrays.stream(others)).toArray(String[]::new);
        DescribedPredicate<JavaClass> port = resideInAPackage(room("relay"))
                .and(nameMatching(".*\\." + ports))
                .as("ports");
        return in(room).should().dependOnClassesThat(inTheHouseBut(allowed).and(not(port)));
    }

    private static ArchRule importsOnlyWithinCli(String room, String... others) {
        String[] allowed = Stream.concat(Stream.of(room), Arrays.stream(others)).toArray(String[]::new);
        return in(room).should()
                .dependOnClassesThat(resideInAPackage(room("cli"))
                        .and(not(resideInAnyPackage(rooms(allowed))))
                        .as("are in a room of cli other than %s", Set.of(allowed)));
    }

    private static ArchRule library(String packages, String room) {
        return outside(room)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(packages)
                .allowEmptyShould(true);
    }

    private static GivenClassesConjunction in(String room) {
        return noClasses().that(resideInAPackage(room(room)));
    }

    private static GivenClassesConjunction outside(String room) {
        return noClasses().that(not(resideInAPackage(room(room))));
    }

    private static DescribedPredicate<JavaClass> inTheHouseBut(String... allowed) {
        return resideInAPackage(HOUSE + "..")
                .and(not(resideInAnyPackage(rooms(allowed))))
                .as("are in a room other than %s", Set.of(allowed));
    }

    private static String[] rooms(String... names) {
        return Arrays.stream(names).map(HouseTest::room).toArray(String[]::new);
    }

    private static String room(String name) {
        return HOUSE + "." + name + "..";
    }
}
