package io.github.natexd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every relative link of a page has an existing file and, if it names one, an existing heading. Anchors are as on
 * GitHub.
 */
class LinksTest {
    private static final Path ROOT = Path.of(".");
    private static final Set<String> NOT_OURS = Set.of("target", ".git");
    private static final Pattern FENCED = Pattern.compile("(?ms)^ *```.*?^ *```$");
    private static final Pattern CODE = Pattern.compile("`[^`]*`");
    /** {@code [text](target)}, also of an image, and {@code [label]: target}. */
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)\\s]+)[^)]*\\)|(?m)^\\[[^\\]]+]:\\s*(\\S+)");

    private static final Pattern ABSOLUTE = Pattern.compile("(?i)[a-z][a-z0-9+.-]*:.*");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.*?) *#*$");

    @ParameterizedTest
    @MethodSource("pages")
    void everyLinkLeadsSomewhere(Path page) throws IOException {
        List<String> broken = new ArrayList<>();
        for (String link : links(Files.readString(page))) {
            if (!leadsSomewhere(page, link)) {
                broken.add(link);
            }
        }

        assertEquals(List.of(), broken, page::toString);
    }

    @Test
    void thePagesAreFound() throws IOException {
        List<Path> pages = pages().toList();

        for (String page : List.of("README.md", "vagrant/README.md", "src/site/markdown/how-it-works.md")) {
            assertTrue(pages.contains(ROOT.resolve(page)), page);
        }
        assertFalse(links(Files.readString(Path.of("README.md"))).isEmpty());
    }

    @Test
    void brokenLinksAreSeen() throws IOException {
        Path readme = Path.of("README.md");
        assertTrue(leadsSomewhere(readme, "vagrant/README.md#boxes"));
        assertTrue(leadsSomewhere(readme, "#limits"));

        assertFalse(leadsSomewhere(readme, "vagrant/ABSENT.md"));
        assertFalse(leadsSomewhere(readme, "vagrant/README.md#absent"));
        assertFalse(leadsSomewhere(readme, "#Limits"));
    }

    @Test
    void linksAreReadWhereTheyAreLinks() {
        String text = """
                See [one](a.md), [`two`](b.md#c "title") and ![three](d.png); `[not](this)`.
                [four]: e.md
                ```
                [nor](that)
                ```
                """;

        assertEquals(List.of("a.md", "b.md#c", "d.png", "e.md"), links(text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "## Ten worked cases | ten-worked-cases",
                "# Decision: what `nfq_nlmsg_*` costs, per packet | decision-what-nfq_nlmsg_-costs-per-packet",
                "### Rows and [JSON](a.md), version 1 | rows-and-json-version-1",
                "## *How* fast – how large? | how-fast--how-large",
            })
    void anchorsAreThoseOfGitHub(String heading, String anchor) {
        assertEquals(Set.of(anchor), anchors(heading));
    }

    @Test
    void equalHeadingsAreNumbered() {
        assertEquals(Set.of("status", "status-1", "other"), anchors("# Status\n## Other\n## Status\n"));
    }

    static Stream<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        try (Stream<Path> entries = Files.list(ROOT)) {
            for (Path entry : entries.toList()) {
                if (!NOT_OURS.contains(entry.getFileName().toString())) {
                    try (Stream<Path> files = Files.walk(entry)) {
                        files.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
                    }
                }
            }
        }
        return pages.stream().sorted();
    }

    private static List<String> links(String text) {
        String prose = CODE.matcher(FENCED.matcher(text).replaceAll("")).replaceAll("");
        return LINK.matcher(prose)
                .results()
                .map(link -> link.group(1) != null ? link.group(1) : link.group(2))
                .filter(link -> !ABSOLUTE.matcher(link).matches())
                .toList();
    }

    private static boolean leadsSomewhere(Path page, String link) throws IOException {
        int hash = link.indexOf('#');
        String file = hash < 0 ? link : link.substring(0, hash);
        Path target = file.isEmpty() ? page : page.resolveSibling(file).normalize();
        if (!Files.exists(target)) {
            return false;
        }
        return hash < 0 || anchors(Files.readString(target)).contains(link.substring(hash + 1));
    }

    /**
     * GitHub's anchor of each heading: its text in lower case, without punctuation, with hyphens for spaces; duplicates
     * are numbered.
     */
    private static Set<String> anchors(String text) {
        Map<String, Integer> seen = new HashMap<>();
        Set<String> anchors = new HashSet<>();
        HEADING.matcher(FENCED.matcher(text).replaceAll("")).results().forEach(heading -> {
            String anchor = heading.group(1)
                    .replaceAll("\\[([^\\]]*)]\\([^)]*\\)", "$1")
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{M}\\p{N}\\p{Pc}\\- ]", "")
                    .replace(' ', '-');
            int earlier = seen.merge(anchor, 1, Integer::sum) - 1;
            anchors.add(earlier == 0 ? anchor : anchor + '-' + earlier);
        });
        return anchors;
    }
}
