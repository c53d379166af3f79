package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveQuery;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Paging;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.PeerFilter;

/** The pages that are compared. */
enum PageCase {
    FIRST("first") {
        @Override
        ArchiveQuery query(FilledArchive archive, Random random) {
            return ArchiveQuery.all(archive.owner(), Paging.fromStart(SIZE));
        }
    },

    MIDDLE("middle, after an id") {
        @Override
        ArchiveQuery query(FilledArchive archive, Random random) {
            return ArchiveQuery.all(archive.owner(), Paging.after(archive.someMid(random), SIZE));
        }
    },

    LAST("last") {
        @Override
        ArchiveQuery query(FilledArchive archive, Random random) {
            return ArchiveQuery.all(archive.owner(), Paging.fromEnd(SIZE));
        }
    },

    RARE_PEER("with a rare peer") {
        @Override
        ArchiveQuery query(FilledArchive archive, Random random) {
            return new ArchiveQuery(
                    archive.owner(),
                    Optional.of(new PeerFilter(FilledArchive.RARE_PEER)),
                    Optional.empty(),
                    Optional.empty(),
                    Paging.fromStart(SIZE));
        }
    },

    START("start in the middle") {
        @Override
        ArchiveQuery query(FilledArchive archive, Random random) {
            return new ArchiveQuery(
                    archive.owner(),
                    Optional.empty(),
                    Optional.of(archive.someTime(random)),
                    Optional.empty(),
                    Paging.fromStart(SIZE));
        }
    },

    NAMED("named by its id") {
        @Override
        ArchiveQuery query(FilledArchive archive, Random random) {
            return new ArchiveQuery(
                    archive.owner(),
                    new ArchiveQuery.Filter(
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Set.of(archive.someMid(random))),
                    Paging.fromStart(SIZE));
        }

        @Override
        int messages() {
            return 1;
        }
    },

    UNKNOWN_ID("after an unknown id") {
        @Override
        ArchiveQuery query(FilledArchive archive, Random random) {
            return ArchiveQuery.all(archive.owner(), Paging.after(new Mid("no-" + random.nextLong()), SIZE));
        }

        @Override
        int messages() {
            return 0;
        }
    };

    static final int SIZE = 50;

    private final String title;

    PageCase(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /** The next question of this kind. */
    abstract ArchiveQuery query(FilledArchive archive, Random random);

    /** How many messages the answer must have. */
    int messages() {
        return SIZE;
    }
}
