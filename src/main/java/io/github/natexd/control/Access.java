package io.github.natexd.control;

import io.github.natexd.control.ControlException.Kind;
import java.util.OptionalInt;

/**
 * Who may query natexd, and who may change it.
 *
 * @param ownUser the daemon's user id; this user may also query natexd
 * @param groupName the group whose members may query natexd
 * @param group its id; empty if the system has no such group
 */
public record Access(int ownUser, String groupName, OptionalInt group) {
    void checkMayAsk(Caller caller) throws ControlException {
        boolean member = group.isPresent() && caller.groups().contains(group.getAsInt());
        if (!caller.isRoot() && caller.user() != ownUser && !member) {
            throw new ControlException(
                    Kind.REFUSED,
                    "user " + unsigned(caller.user()) + " is neither root nor in group " + groupName,
                    remedy(groupName));
        }
    }

    void checkMayChange(Caller caller) throws ControlException {
        if (!caller.isRoot()) {
            throw new ControlException(
                    Kind.REFUSED,
                    "user " + unsigned(caller.user()) + " is not root; only root may change natexd",
                    "use sudo");
        }
    }

    static String remedy(String groupName) {
        return "use sudo, or join the group and log in again: sudo usermod -aG " + groupName + " $USER";
    }

    private static String unsigned(int user) {
        return Integer.toUnsignedString(user);
    }
}
