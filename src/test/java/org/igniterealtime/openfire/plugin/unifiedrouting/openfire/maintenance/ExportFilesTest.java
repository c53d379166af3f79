package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveMaintenance;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Direction;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ArchiveExport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xmpp.packet.JID;

class ExportFilesTest {

    private static final JID ROMEO = new JID("romeo@verona.example");
    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

    @TempDir
    private Path directory;

    private final ArchiveMaintenance archive = mock(ArchiveMaintenance.class);

    @Test
    void namesAreSafeAndDifferent() {
        assertThat(ExportFiles.nameOf("romeo-2_X")).isEqualTo("romeo-2_X");
        assertThat(ExportFiles.nameOf("..")).startsWith("__~");
        assertThat(ExportFiles.nameOf("a\\5cb")).startsWith("a_5cb~").isNotEqualTo(ExportFiles.nameOf("a+5cb"));
        assertThat(ExportFiles.nameOf("\u00fc".repeat(1_000)))
                .hasSizeLessThan(80)
                .matches("[A-Za-z0-9_~-]+");
    }

    @Test
    void whatIsNotXmlIsSkippedAndCounted() throws IOException {
        archiveHolds("<message><body>a</body></message>", "<mess");
        ExportedArchive exported = files().write(ROMEO);
        assertThat(exported.messages()).isEqualTo(1);
        assertThat(exported.skipped()).isEqualTo(1);
        assertThat(exported.file()).hasFileName("romeo-20260102T120000.000Z.xml");
        assertThat(Files.readString(exported.file()))
                .contains("<result xmlns=\"urn:xmpp:mam:2\" id=\"m1\"><forwarded xmlns=\"urn:xmpp:forward:0\">")
                .doesNotContain("m2");
    }

    /** The archive may give less than it is asked for. */
    @Test
    void whatCannotBeReadAtOnceIsReadPageByPage() throws IOException {
        archiveHolds("<message><body>a</body></message>", "<message><body>b</body></message>");
        assertThat(files().write(ROMEO).messages()).isEqualTo(2);
    }

    /** One message a page. */
    private void archiveHolds(String... stanzas) {
        when(archive.read(eq("romeo"), anyLong(), eq(250), eq(1L << 20))).thenReturn(List.of());
        for (int i = 0; i < stanzas.length; i++) {
            when(archive.read("romeo", i == 0 ? Long.MIN_VALUE : i, 250, 1 << 20))
                    .thenReturn(List.of(stored(i + 1, stanzas[i])));
        }
    }

    @Test
    void aFailureLeavesNoFile() throws IOException {
        when(archive.read(anyString(), anyLong(), anyInt(), anyLong())).thenThrow(new StoreUnavailable("scripted"));
        assertThatThrownBy(() -> files().write(ROMEO)).isInstanceOf(StoreUnavailable.class);
        try (var left = Files.list(directory.resolve("new"))) {
            assertThat(left).isEmpty();
        }
    }

    private ExportFiles files() {
        return new ExportFiles(
                () -> directory.resolve("new"), new ArchiveExport(archive), Clock.fixed(NOON, ZoneOffset.UTC));
    }

    private static ArchivedMessage stored(long seq, String stanza) {
        return new ArchivedMessage(
                "romeo", seq, new Mid("m" + seq), Direction.SENT, "juliet@capulet.example", NOON, stanza);
    }
}
