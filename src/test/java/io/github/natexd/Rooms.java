package io.github.natexd;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;

/** The parts of which the rules about the house are made: {@link HouseTest}, {@link PurityTest}. */
final class Rooms {
    static final String HOUSE = "io.github.natexd";

    static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(HOUSE);

    private Rooms() {}

    static ArchRule importsOnly(String room, String... others) {
        String[] allowed = Stream.concat(Stream.of(room), Arrays.stream(others)).toArray(String[]::new);
        return in(room).should().dependOnClassesThat(inTheHouseBut(allowed)).allowEmptyShould(true);
    }

    static ArchRule importsOnlyWithinCli(String room, String... others) {
        String[] allowed = Stream.concat(Stream.of(room), Arrays.stream(others)).toArray(String[]::new);
        return in(room).should()
                .dependOnClassesThat(resideInAPackage(room("cli"))
                        .and(not(resideInAnyPackage(rooms(allowed))))
                        .as("are in a room of cli other than %s", Set.of(allowed)));
    }

    static ArchRule library(String packages, String room) {
        return outside(room)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(packages)
                .allowEmptyShould(true);
    }

    static GivenClassesConjunction in(String room) {
        return noClasses().that(resideInAPackage(room(room)));
    }

    static GivenClassesConjunction outside(String room) {
        return noClasses().that(not(resideInAPackage(room(room))));
    }

    static DescribedPredicate<JavaClass> inTheHouseBut(String... allowed) {
        return resideInAPackage(HOUSE + "..")
                .and(not(resideInAnyPackage(rooms(allowed))))
                .as("are in a room other than %s", Set.of(allowed));
    }

    static String[] rooms(String... names) {
        return Arrays.stream(names).map(Rooms::room).toArray(String[]::new);
    }

    static String room(String name) {
        return HOUSE + "." + name + "..";
    }
}
