package org.igniterealtime.openfire.testclient;

import java.util.List;
import org.dom4j.Element;
import org.dom4j.QName;

/**
 * The answer to one archive query (XEP-0313 §4.2, XEP-0059).
 *
 * @param results in the order in which they came, those only that came before the IQ result
 * @param complete whether the archive has said that nothing more follows in the direction of paging
 * @param first the first MID as the server names it; null where it names none
 * @param last the last MID as the server names it; null where it names none
 * @param count how many messages match in all; null where the server does not say
 */
public record MamPage(List<MamResult> results, boolean complete, String first, String last, Integer count) {

    private static final String RSM = "http://jabber.org/protocol/rsm";

    public MamPage {
        results = List.copyOf(results);
    }

    static MamPage of(List<Element> carriers, Element iqResult) {
        Element fin = Stanzas.child(iqResult, "fin", Stanzas.MAM);
        if (fin == null) {
            throw new AssertionError("archive query answered without <fin/>: " + iqResult.asXML());
        }
        Element set = Stanzas.child(fin, "set", RSM);
        String count = rsm(set, "count");
        return new MamPage(
                carriers.stream().map(MamResult::of).toList(),
                "true".equals(fin.attributeValue("complete")),
                rsm(set, "first"),
                rsm(set, "last"),
                count == null ? null : Integer.valueOf(count));
    }

    /** The MIDs of the results. */
    public List<String> ids() {
        return results.stream().map(MamResult::id).toList();
    }

    /** The bodies of the archived messages; all of them must have one. */
    public List<String> bodies() {
        return results.stream().map(result -> Stanzas.body(result.message())).toList();
    }

    private static String rsm(Element set, String name) {
        return set == null ? null : set.elementText(QName.get(name, RSM));
    }
}
