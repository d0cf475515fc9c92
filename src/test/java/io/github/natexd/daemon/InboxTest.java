package io.github.natexd.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class InboxTest {
    private final Inbox inbox = new Inbox();

    @Test
    void aQuestionWaitsForTheLoopsThread() throws Exception {
        Future<Integer> answer = inbox.ask(() -> 42);
        assertFalse(answer.isDone());

        inbox.answer();

        assertEquals(42, answer.get());
        inbox.close();
    }

    @Test
    void aQuestionThatFailsCostsTheNextNothing() throws Exception {
        Future<Integer> failing = inbox.ask(() -> {
            throw new IllegalStateException("broken");
        });
        Future<Integer> next = inbox.ask(() -> 1);
        inbox.answer();

        assertEquals(
                "broken",
                assertThrows(ExecutionException.class, failing::get).getCause().getMessage());
        assertEquals(1, next.get());
        inbox.close();
    }

    @Test
    void theEndAnswersTheLastQuestionsAndCancelsLaterOnes() throws Exception {
        Future<Integer> last = inbox.ask(() -> 1);

        inbox.close();

        assertEquals(1, last.get());
        Future<Integer> later = inbox.ask(() -> 2);
        assertTrue(later.isCancelled());
        assertThrows(CancellationException.class, later::get);
    }
}
