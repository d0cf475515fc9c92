package io.github.natexd;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static io.github.natexd.Rooms.CLASSES;
import static io.github.natexd.Rooms.library;
import static io.github.natexd.Rooms.outside;
import static io.github.natexd.Rooms.room;
import static io.github.natexd.Rooms.rooms;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which rooms calculate only, and which room each library and the system stay in. */
class PurityTest {
    /** The rooms through which a packet goes by calculation alone: the same octets and times in, the same out. */
    private static final String[] PURE_ROOMS = rooms("wire", "mapping", "translate");

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
    void noPacketWaitsForTheWallClock() {
        noClasses()
                .that(resideInAnyPackage(
                        rooms("wire", "mapping", "translate", "relay", "linux", "daemon", "keepalive")))
                .and(not(belongsToOneOf("ControlAnswers", "Logging")))
                .should()
                .callMethodWhere(target(owner(resideInAPackage("java..")))
                        .and(target(nameMatching("currentTimeMillis|now|parkUntil|awaitUntil"))))
                .orShould()
                .dependOnClassesThat(type(java.time.Clock.class)
                        .or(type(java.util.Timer.class))
                        .or(assignableTo(java.util.Date.class)))
                .because("somebody can set the clock while natexd runs; only status, log and metrics show it")
                .check(CLASSES);
    }

    private static DescribedPredicate<JavaClass> belongsToOneOf(String... names) {
        return DescribedPredicate.describe("of " + List.of(names), one -> List.of(names)
                .contains(outermost(one).getSimpleName()));
    }

    private static JavaClass outermost(JavaClass one) {
        return one.getEnclosingClass().map(PurityTest::outermost).orElse(one);
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
        library("org.jline..", "cli.paths")
                .because("only this view draws on a terminal")
                .check(CLASSES);
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
}
