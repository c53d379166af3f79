package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CommitListenerTest {

    @Test
    void theNextListenerHearsOfItWhateverBecomesOfTheFirst() {
        List<String> told = new ArrayList<>();
        CommitListener first = new CommitListener() {
            @Override
            public void committed(List<AppendedEntry> entries) {
                told.add("first");
                throw new IllegalStateException("listener");
            }

            @Override
            public void uncertain(Set<String> owners) {
                committed(List.of());
            }
        };
        CommitListener both = first.andAlways(new CommitListener() {
            @Override
            public void committed(List<AppendedEntry> entries) {
                told.add("next");
            }

            @Override
            public void uncertain(Set<String> owners) {
                told.add("next of " + owners);
            }
        });
        assertThatThrownBy(() -> both.committed(List.of())).hasMessage("listener");
        assertThatThrownBy(() -> both.uncertain(Set.of("romeo"))).hasMessage("listener");
        assertThat(told).containsExactly("first", "next", "first", "next of [romeo]");
    }
}
