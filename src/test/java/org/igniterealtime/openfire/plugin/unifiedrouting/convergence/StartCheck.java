package org.igniterealtime.openfire.plugin.unifiedrouting.convergence;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Compares what sessions were told with the archive as it was in the end. Counts over all sessions. Not thread-safe. */
final class StartCheck {

    private final Map<String, List<String>> archives;
    private final Map<String, Map<String, Integer>> places = new HashMap<>();
    private final List<String> problems = new ArrayList<>();
    private int missing;
    private int duplicated;
    private int misplaced;
    private int unarchived;

    /** @param archives MIDs in the order of the archive, by account */
    StartCheck(Map<String, List<String>> archives) {
        this.archives = archives;
        archives.forEach((account, mids) -> {
            Map<String, Integer> byMid = new HashMap<>();
            mids.forEach(mid -> byMid.put(mid, byMid.size()));
            places.put(account, byMid);
        });
    }

    int missing() {
        return missing;
    }

    int duplicated() {
        return duplicated;
    }

    /** In another order than the archive's, from before the history begins, or of a history and not in the archive at all. */
    int misplaced() {
        return misplaced;
    }

    /**
     * Came live under an id that the archive lacks. That is no mistake: a message is given when it is handed to the writer,
     * which may fail to write it.
     */
    int unarchived() {
        return unarchived;
    }

    List<String> problems() {
        return problems;
    }

    void check(StartRecord start) {
        Map<String, Integer> archive = places.get(start.account());
        if (start.behind() == null) {
            checkLive(start, archive);
            return;
        }
        int begin = start.behind().isEmpty() ? 0 : archive.get(start.behind()) + 1;
        if (start.queried() == null) {
            compare(start, start.told(), begin, false);
        } else {
            int end = compare(start, start.queried(), begin, false);
            // What came between the request and the page is in both.
            compare(start, start.told(), Math.min(end, first(start.told(), archive, end)), true);
        }
    }

    /** The history began somewhere between the two looks at the archive's end. */
    private void checkLive(StartRecord start, Map<String, Integer> archive) {
        int earliest = archive.get(start.endBefore()) + 1;
        int latest = archive.get(start.endAfter()) + 1;
        int first = first(start.told(), archive, latest);
        compare(start, start.told(), Math.max(earliest, Math.min(first, latest)), false);
    }

    private static int first(List<String> mids, Map<String, Integer> archive, int otherwise) {
        return mids.stream()
                .map(archive::get)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(otherwise);
    }

    /**
     * @param begin the place of the first entry that must be there
     * @param isRaw whether these came before they were written
     * @return the place behind the last one that is
     */
    private int compare(StartRecord start, List<String> mids, int begin, boolean isRaw) {
        Map<String, Integer> archive = places.get(start.account());
        Set<String> seen = new HashSet<>();
        int end = begin;
        int twice = 0;
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < mids.size(); i++) {
            Integer place = archive.get(mids.get(i));
            if (!seen.add(mids.get(i))) {
                twice++;
            } else if (place == null && isRaw) {
                unarchived++;
            } else if (place == null || place < end) {
                wrong.add(mids.get(i) + " at index " + i + (place == null ? " in no archive" : " of place " + place));
            } else {
                end = place + 1;
            }
        }
        List<String> lacking = new ArrayList<>(archives.get(start.account()).subList(begin, end));
        lacking.removeAll(seen);
        missing += lacking.size();
        duplicated += twice;
        misplaced += wrong.size();
        if (!lacking.isEmpty() || twice > 0 || !wrong.isEmpty()) {
            problems.add(start.session() + ": places " + begin + " to " + end + ", missing " + lacking + ", duplicated "
                    + twice + ", misplaced " + wrong + ", told " + mids + endOfQueries(start, archive));
        }
        return end;
    }

    private static String endOfQueries(StartRecord start, Map<String, Integer> archive) {
        if (start.queried() == null || start.queried().isEmpty()) {
            return "";
        }
        String last = start.queried().get(start.queried().size() - 1);
        return ", queried up to " + last + " of place " + archive.get(last);
    }
}
