package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;

/** Delivery plans of samples, and how a table of tests writes them. */
final class Plans {

    private Plans() {}

    static JudgedMessage judged(Sample sample) {
        Message stanza = sample.stanza();
        JID from = stanza.getElement().attribute("from") == null ? null : stanza.getFrom();
        JID to = stanza.getElement().attribute("to") == null ? null : stanza.getTo();
        return JudgedMessage.of(sample.facts(), sample.verdict(), from, to);
    }

    static DeliveryPlan atRecipient(Sample sample, AccountState account, SessionSnapshot... sessions) {
        return DeliveryPlan.atRecipient(judged(sample), account, Arrays.asList(sessions), sample.settings());
    }

    static DeliveryPlan atSender(Sample sample, AccountState account, SessionSnapshot... sessions) {
        return DeliveryPlan.atSender(judged(sample), account, Arrays.asList(sessions), sample.settings());
    }

    /** @return such as {@code garden RAW, home -, park CARBON_RECEIVED+NOTIFICATION} */
    static String copies(DeliveryPlan plan) {
        return plan.sessions().stream()
                .map(delivery -> delivery.session().resource() + " " + copies(delivery))
                .collect(Collectors.joining(", "));
    }

    private static String copies(SessionDelivery delivery) {
        List<String> copies =
                delivery.copies().stream().sorted().map(Copy::name).toList();
        return copies.isEmpty() ? "-" : String.join("+", copies);
    }
}
