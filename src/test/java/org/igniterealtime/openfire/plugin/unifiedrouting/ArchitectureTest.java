package org.igniterealtime.openfire.plugin.unifiedrouting;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitCallTarget;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.xmpp.packet.JID;

/** Who may know whom. The pieces and the direction of knowledge are described in each {@code package-info.java}. */
class ArchitectureTest {

    private static final String ROOT = ArchitectureTest.class.getPackageName();
    private static final String RULES = ROOT + ".rules..";
    private static final String ARCHIVE = ROOT + ".archive..";
    private static final String OFFLINE = ROOT + ".offline..";
    private static final String SUBSCRIPTION = ROOT + ".subscription..";
    private static final String XMPP = ROOT + ".xmpp..";
    private static final String OPENFIRE = ROOT + ".openfire..";
    private static final String ADMIN = ROOT + ".admin..";
    private static final String JDBC = ROOT + "..jdbc..";
    private static final String COMPAT = ROOT + ".openfire.compat..";

    /** The classes of the build, not those of the tests beside them. */
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(ArchitectureTest::isCompiled)
            .importPackages(ROOT);

    private static boolean isCompiled(Location location) {
        return !location.contains("/generated-");
    }

    @Test
    void thePluginIsWhatIsLookedAt() {
        assertThat(CLASSES).hasSizeGreaterThan(50);
        assertThat(CLASSES).extracting(JavaClass::getPackageName).allMatch(name -> name.startsWith(ROOT));
        assertThat(CLASSES).extracting(JavaClass::getSimpleName).noneMatch(name -> name.endsWith("Test"));
    }

    @Test
    void everyPackageIsOneOfTheKnownPieces() {
        classes()
                .should()
                .resideInAnyPackage(RULES, ARCHIVE, OFFLINE, SUBSCRIPTION, XMPP, OPENFIRE, ADMIN, ROOT + ".jdbc..")
                .check(CLASSES);
    }

    @Test
    void knowledgeGoesFromTheServerTowardsTheRules() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .withOptionalLayers(true)
                .layer("admin")
                .definedBy(ADMIN)
                .layer("openfire")
                .definedBy(OPENFIRE)
                .layer("xmpp")
                .definedBy(XMPP)
                .layer("subscription")
                .definedBy(SUBSCRIPTION)
                .layer("offline")
                .definedBy(OFFLINE)
                .layer("archive")
                .definedBy(ARCHIVE)
                .layer("rules")
                .definedBy(RULES)
                .whereLayer("openfire")
                .mayOnlyBeAccessedByLayers("admin")
                .whereLayer("xmpp")
                .mayOnlyBeAccessedByLayers("admin", "openfire")
                .whereLayer("subscription")
                .mayOnlyAccessLayers("rules", "archive")
                .whereLayer("offline")
                .mayOnlyAccessLayers("rules", "archive")
                .whereLayer("archive")
                .mayOnlyAccessLayers("rules")
                .whereLayer("rules")
                .mayNotAccessAnyLayer()
                .check(CLASSES);
    }

    @Test
    void rulesKnowJavaAndAddressesOnly() {
        classes()
                .that()
                .resideInAPackage(RULES)
                .should()
                .onlyDependOnClassesThat(are(resideInAnyPackage("java..", RULES).or(belongToAnyOf(JID.class))))
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void onlyAdaptersAndWiringSeeTheServer() {
        noClasses()
                .that()
                .resideOutsideOfPackages(XMPP, OPENFIRE, ADMIN)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.jivesoftware..", "org.dom4j..")
                .check(CLASSES);
    }

    @Test
    void onlyStoresSpeakSql() {
        noClasses()
                .that()
                .resideOutsideOfPackage(JDBC)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..")
                .check(CLASSES);
    }

    @Test
    void onlyTheWiringSeesTheStores() {
        noClasses()
                .that()
                .resideOutsideOfPackages(JDBC, OPENFIRE)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(JDBC)
                .check(CLASSES);
    }

    @Test
    void packagesDoNotDependOnEachOtherInCircles() {
        slices().assignedFrom(new EachPackage()).should().beFreeOfCycles().check(CLASSES);
    }

    /** Each package by itself: what is in archive.jdbc is not part of archive. */
    private static final class EachPackage implements SliceAssignment {

        @Override
        public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
            return SliceIdentifier.of(javaClass.getPackageName());
        }

        @Override
        public String getDescription() {
            return "packages";
        }
    }

    @Test
    void staticsHaveNoState() {
        fields().that().areStatic().should().beFinal().check(CLASSES);
        noFields()
                .that()
                .areStatic()
                .should()
                .haveRawType(are(assignableTo(ThreadLocal.class)
                        .or(resideInAPackage("java.util.concurrent.."))
                        .or(resideInAPackage("com.github.benmanes.caffeine.."))
                        .or(describe("a mutable collection", ArchitectureTest::isMutableCollection))))
                .check(CLASSES);
    }

    private static DescribedPredicate<JavaClass> describe(String description, Predicate<? super JavaClass> predicate) {
        return DescribedPredicate.describe(description, predicate);
    }

    /** Constants are declared by their interfaces; a field declared as an ArrayList is there to be changed. */
    private static boolean isMutableCollection(JavaClass type) {
        return !type.isInterface() && Stream.of(Collection.class, Map.class).anyMatch(type::isAssignableTo);
    }

    @Test
    void onlyTheWiringAsksTheServerForItsSingletons() {
        noClasses()
                .that()
                .resideOutsideOfPackage(OPENFIRE)
                .should()
                .callCodeUnitWhere(are(describeCall(
                        "to a server's getInstance()",
                        target -> target.getName().equals("getInstance")
                                && target.getOwner().getPackageName().startsWith("org.jivesoftware."))))
                .check(CLASSES);
    }

    @Test
    void reflectionIsForCompatibilityOnly() {
        List<String> ofClass = List.of(
                "forName",
                "getMethod",
                "getMethods",
                "getDeclaredMethod",
                "getDeclaredMethods",
                "getField",
                "getFields",
                "getDeclaredField",
                "getDeclaredFields",
                "getConstructor",
                "getDeclaredConstructor",
                "getDeclaredConstructors",
                "newInstance");
        noClasses()
                .that()
                .resideOutsideOfPackage(COMPAT)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.reflect..")
                .orShould()
                .callCodeUnitWhere(are(describeCall(
                        "to a class's members",
                        target -> target.getOwner().isEquivalentTo(Class.class) && ofClass.contains(target.getName()))))
                .check(CLASSES);
    }

    private static DescribedPredicate<JavaCall<?>> describeCall(
            String description, Predicate<CodeUnitCallTarget> predicate) {
        return DescribedPredicate.describe(description, call -> predicate.test(call.getTarget()));
    }
}
