package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.xmpp.packet.JID;

/** What {@code rules} may know. Whoever needs more there has found a fact that belongs into the context. */
class RulesArePureTest {

    private static final String RULES = "org.igniterealtime.openfire.plugin.unifiedrouting.rules";
    private final JavaClasses rules = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(RULES);

    @Test
    void rulesKnowJavaAndJidOnly() {
        noClasses()
                .should()
                .dependOnClassesThat(not(resideInAPackage(RULES))
                        .and(not(resideInAPackage("java.lang..")))
                        .and(not(resideInAPackage("java.util..")))
                        .and(not(resideInAPackage("java.nio.charset")))
                        .and(equivalentTo(JID.class).negate()))
                .check(rules);
    }

    @Test
    void rulesReadNoClock() {
        noClasses().should().callMethod(System.class, "currentTimeMillis").check(rules);
        noClasses().should().callMethod(System.class, "nanoTime").check(rules);
    }

    @Test
    void rulesKeepNoStateInStatics() {
        fields().that().areStatic().should().beFinal().check(rules);
    }
}
