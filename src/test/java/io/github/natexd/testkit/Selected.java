package io.github.natexd.testkit;

import io.github.natexd.translate.ErrorTypes;

/** The errors that tests select. */
public final class Selected {
    /** What is relayed unless the configuration says otherwise. */
    public static final ErrorTypes BY_DEFAULT = new ErrorTypes(true, true, false, false);

    private Selected() {}
}
