package io.github.natexd.daemon;

import io.github.natexd.linux.libc.EventFd;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * Questions from other threads to the loop's thread, which owns the data that they are about: it answers on its next
 * turn. An empty inbox costs one descriptor that is never ready.
 */
final class Inbox implements AutoCloseable {
    private final EventFd news = new EventFd();
    private final Queue<Runnable> questions = new ArrayDeque<>();
    private boolean closed;

    /** The descriptor that is ready when there is a question. */
    int descriptor() {
        return news.descriptor();
    }

    /** Asks, from any thread. The answer fails if the question throws, and is cancelled if the loop has ended. */
    synchronized <T> Future<T> ask(Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        if (closed) {
            answer.cancel(false);
            return answer;
        }
        questions.add(() -> {
            try {
                answer.complete(question.get());
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        news.signal();
        return answer;
    }

    /** Answers all questions; only from the loop's thread. */
    void answer() {
        if (news.drain()) {
            Runnable question = next();
            while (question != null) {
                question.run();
                question = next();
            }
        }
    }

    private synchronized Runnable next() {
        return questions.poll();
    }

    /** Answers the last questions; later ones are cancelled. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        answer();
        news.close();
    }
}
