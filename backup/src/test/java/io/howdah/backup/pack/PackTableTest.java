package io.howdah.backup.pack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PackTableTest {

    /// Halves that collide, and many of them, beside what a map says.
    @Test
    void itSaysWhatAMapWould() {
        for (long seed = 1; seed <= 200; seed++) {
            var random = new Random(seed);
            var table = new PackTable();
            Map<PackId, Long> map = new LinkedHashMap<>();
            int range = 1 + random.nextInt(60);
            for (int i = random.nextInt(400); i > 0; i--) {
                var pack = new PackId(random.nextInt(range) - 5, random.nextInt(range) * 31L);
                long bytes = random.nextInt(1000);
                table.add(pack, bytes);
                map.merge(pack, bytes, Long::sum);
            }
            Map<PackId, Long> shown = new LinkedHashMap<>();
            table.forEach(shown::put);
            assertThat(shown).as("seed %d", seed).containsExactlyEntriesOf(map);
            assertThat(table.size()).isEqualTo(map.size());
            assertThat(table.bytes())
                    .isEqualTo(map.values().stream().mapToLong(Long::longValue).sum());
            assertThat(table.sorted()).containsExactlyElementsOf(new TreeSet<>(map.keySet()));
            assertThat(table.bytes(new PackId(7_777, 7_777), -3)).isEqualTo(-3);
            assertThat(table.isSameAs(table)).isTrue();
            if (!map.isEmpty()) {
                var other = new PackTable();
                map.forEach(other::add);
                assertThat(table.isSameAs(other)).isTrue();
                other.add(map.keySet().iterator().next(), 1);
                assertThat(table.isSameAs(other)).isFalse();
            }
        }
    }

    @Test
    void namesAreReadAndSortedAsTheyAreWritten() {
        var names = new TreeSet<String>();
        var packs = new TreeSet<PackId>();
        var byName = new HashMap<String, PackId>();
        for (int i = 0; i < 1_000; i++) {
            PackId pack = PackId.random();
            names.add(pack.toString());
            packs.add(pack);
            byName.put(pack.toString(), pack);
        }
        assertThat(packs.stream().map(PackId::toString)).containsExactlyElementsOf(names);
        names.forEach(name -> assertThat(new PackId(name)).isEqualTo(byName.get(name)));
        assertThat(new PackId("0123456789abcdeffedcba9876543210").object().text())
                .isEqualTo("packs/01/0123456789abcdeffedcba9876543210.pack");
    }
}
