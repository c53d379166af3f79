package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.MessageType.CHAT;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.MessageType.ERROR;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.MessageType.GROUPCHAT;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.MessageType.HEADLINE;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.MessageType.NORMAL;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.SessionSnapshot.available;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * RFC 6121 §8.5.4, Table 1, cell by cell, for a message with a body and plain sessions. The last column, errors, is
 * §8.5.2 and §8.5.3 in the table's words. S: silently ignored. E: error. O: stored offline. D: delivered to the one
 * session. M: delivered to the most available or to all. A: delivered to all that are not negative.
 */
class Rfc6121Table1Test {

    private static final List<MessageType> TYPES = List.of(NORMAL, CHAT, GROUPCHAT, HEADLINE, ERROR);

    private static final String GONE = "section 8: for the person, not for the resource that is gone; clients send"
            + " invitations, receipts and encrypted messages as normal";

    private enum Condition {
        NO_ACCOUNT_BARE("S S E S S"),
        NO_ACCOUNT_FULL("S S S S S"),
        NO_RESOURCE_BARE("O O E S S"),
        NO_RESOURCE_FULL("S O S S S"),
        NEGATIVE_BARE("O O E S S"),
        NEGATIVE_FULL_MATCH("D D D D D"),
        NEGATIVE_FULL_NO_MATCH("S O S S S"),
        ONE_BARE("D D E D S"),
        ONE_FULL_MATCH("D D D D D"),
        ONE_FULL_NO_MATCH("S D S S S"),
        SEVERAL_BARE("M M E A S"),
        SEVERAL_FULL_MATCH("D D D D D"),
        SEVERAL_FULL_NO_MATCH("S M S S S");

        private final String cells;

        Condition(String cells) {
            this.cells = cells;
        }

        String rfc(MessageType type) {
            return cells.split(" ")[TYPES.indexOf(type)];
        }

        List<SessionSnapshot> sessions() {
            return switch (this) {
                case NO_ACCOUNT_BARE, NO_ACCOUNT_FULL, NO_RESOURCE_BARE, NO_RESOURCE_FULL -> List.of();
                case NEGATIVE_BARE, NEGATIVE_FULL_MATCH, NEGATIVE_FULL_NO_MATCH ->
                    List.of(available("garden", -1), available("park", -2));
                case ONE_BARE, ONE_FULL_MATCH, ONE_FULL_NO_MATCH ->
                    List.of(available("garden", 0), available("park", -1));
                case SEVERAL_BARE, SEVERAL_FULL_MATCH, SEVERAL_FULL_NO_MATCH ->
                    List.of(
                            available("garden", 3),
                            available("home", 3).lastActive(1),
                            available("hall", 1),
                            available("park", -1));
            };
        }

        String address() {
            return switch (this) {
                case NO_ACCOUNT_BARE, NO_RESOURCE_BARE, NEGATIVE_BARE, ONE_BARE, SEVERAL_BARE -> Sample.ROMEO;
                case NO_ACCOUNT_FULL, NO_RESOURCE_FULL, NEGATIVE_FULL_MATCH, ONE_FULL_MATCH, SEVERAL_FULL_MATCH ->
                    Sample.GARDEN;
                case NEGATIVE_FULL_NO_MATCH, ONE_FULL_NO_MATCH, SEVERAL_FULL_NO_MATCH -> Sample.ROMEO + "/gone";
            };
        }

        AccountState account() {
            return this == NO_ACCOUNT_BARE || this == NO_ACCOUNT_FULL
                    ? AccountState.of(AccountCondition.NO_ACCOUNT)
                    : AccountState.ORDINARY;
        }
    }

    private record Difference(String cell, String why) {}

    /** Where the plan differs from the RFC on purpose. */
    private static final Map<Condition, Difference> NORMAL_DIFFERS = Map.of(
            Condition.NO_RESOURCE_FULL, new Difference("O", GONE),
            Condition.NEGATIVE_FULL_NO_MATCH, new Difference("O", GONE),
            Condition.ONE_FULL_NO_MATCH, new Difference("D", GONE),
            Condition.SEVERAL_FULL_NO_MATCH, new Difference("M", GONE));

    private record Cell(Condition condition, MessageType type, PlainRouting routing) {

        String expected() {
            return difference() == null ? condition.rfc(type) : difference().cell();
        }

        private Difference difference() {
            return type == NORMAL ? NORMAL_DIFFERS.get(condition) : null;
        }

        @Override
        public String toString() {
            String where =
                    (condition + ", " + type).toLowerCase(Locale.ROOT).replace('_', ' ') + " (" + routing + "): ";
            return difference() == null
                    ? where + expected() + " as RFC"
                    : where + expected() + " instead of " + condition.rfc(type) + " by "
                            + difference().why();
        }
    }

    static Stream<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        for (PlainRouting routing : PlainRouting.values()) {
            for (Condition condition : Condition.values()) {
                for (MessageType type : TYPES) {
                    cells.add(new Cell(condition, type, routing));
                }
            }
        }
        return cells.stream();
    }

    @ParameterizedTest(name = "RFC 6121 Table 1: {0}")
    @MethodSource("cells")
    void table1(Cell cell) {
        Condition condition = cell.condition();
        Sample sample = Sample.chat(Sample.BODY + (cell.type() == ERROR ? Sample.ERROR : ""))
                .typed(cell.type().name().toLowerCase(Locale.ROOT))
                .to(condition.address())
                .under(RuleSettings.builder().plainRouting(cell.routing()).build());
        DeliveryPlan plan = Plans.atRecipient(
                sample, condition.account(), condition.sessions().toArray(SessionSnapshot[]::new));

        assertThat(outcome(plan)).isEqualTo(wanted(cell));
    }

    /** Who got it; or else what the sender got, or where it went. */
    private static String outcome(DeliveryPlan plan) {
        List<String> receivers = plan.sessions().stream()
                .filter(delivery -> delivery.copies().contains(Copy.RAW))
                .map(delivery -> delivery.session().resource())
                .toList();
        if (!receivers.isEmpty()) {
            return plan.sender() == SenderOutcome.SILENCE ? "to " + receivers : "delivered and answered";
        }
        if (plan.sender().isError()) {
            return "error";
        }
        return plan.kept() == Kept.ARCHIVE_AND_OFFLINE_SET ? "stored offline" : "ignored";
    }

    private static String wanted(Cell cell) {
        return switch (cell.expected()) {
            case "S" -> "ignored";
            case "E" -> "error";
            case "O" -> "stored offline";
            case "D" -> "to [garden]";
            case "A" -> "to [garden, home, hall]";
            case "M" ->
                switch (cell.routing()) {
                    case MOST_AVAILABLE -> "to [home]";
                    case ALL_OF_HIGHEST_PRIORITY -> "to [garden, home]";
                    case ALL_NON_NEGATIVE -> "to [garden, home, hall]";
                };
            default -> throw new AssertionError(cell);
        };
    }

    @Test
    void allCellsAreThere() {
        assertThat(cells()).hasSize(13 * 5 * 3);
        assertThat(cells().filter(cell -> !cell.toString().contains("as RFC"))).hasSize(4 * 3);
    }
}
