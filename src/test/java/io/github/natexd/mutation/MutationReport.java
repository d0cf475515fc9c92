package io.github.natexd.mutation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * What PIT reports about one room.
 *
 * @param faults the number of changes
 * @param survivors those that no test has found
 */
record MutationReport(int faults, List<Survivor> survivors) {
    /** @param sources the folder of the package io */
    static MutationReport read(Path xml, Path sources) {
        try {
            NodeList mutations = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(xml.toFile())
                    .getElementsByTagName("mutation");
            List<Survivor> survivors = new ArrayList<>();
            for (int i = 0; i < mutations.getLength(); i++) {
                Element mutation = (Element) mutations.item(i);
                if (mutation.getAttribute("detected").equals("false")) {
                    survivors.add(survivor(mutation, sources));
                }
            }
            return new MutationReport(mutations.getLength(), survivors);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ParserConfigurationException | SAXException e) {
            throw new IllegalStateException(xml + ": " + e.getMessage(), e);
        }
    }

    private static Survivor survivor(Element mutation, Path sources) throws IOException {
        String type = text(mutation, "mutatedClass");
        Path folder = sources.resolve(type.substring(0, type.lastIndexOf('.')).replace('.', '/'));
        List<String> lines = Files.readAllLines(folder.resolve(text(mutation, "sourceFile")));
        int line = Integer.parseInt(text(mutation, "lineNumber"));
        String method = text(mutation, "mutatedMethod").replaceFirst("^lambda\\$(\\w+)\\$\\d+$", "$1");
        return new Survivor(
                type.substring(type.lastIndexOf('.') + 1).replace('$', '.') + "." + method,
                lines.get(line - 1).strip(),
                text(mutation, "description").replaceFirst(" for io/github/.*", ""));
    }

    private static String text(Element mutation, String name) {
        return mutation.getElementsByTagName(name).item(0).getTextContent();
    }
}
