"""In which scopes of a program may the namespace's root be bound without anybody noticing?

Answered by Python's own symbol tables, so that it does not depend on the scope analysis under test.
"""
import ast
import symtable

ROOT = "host"


def mentions(table):
    """The name is bound, declared or read in a scope or in one nested in it."""
    return ROOT in table.get_identifiers() or any(map(mentions, table.get_children()))


def reaches(table, owner):
    """The name, read or bound in a scope nested in `owner`, would mean what `owner` binds."""
    if ROOT in table.get_identifiers():
        symbol = table.lookup(ROOT)
        if symbol.is_declared_global():
            return owner.get_type() == "module"
        if symbol.is_global() or symbol.is_free():
            return True
        if table.get_type() != "class":
            return False
    return any(reaches(child, owner) for child in table.get_children())


def sees(table):
    """A binding of the name in a scope would change what a name in it, or in one nested in it, means."""
    return ROOT in table.get_identifiers() or any(reaches(child, table) for child in table.get_children())


def tables(table):
    """Every function's and class's scope below one, by its name and line."""
    found = {}
    for child in table.get_children():
        # Type parameters have a scope of their own, with the name and line of what they belong to.
        if child.get_type() in ("function", "class"):
            found[child.get_name(), child.get_lineno()] = child
        found.update(tables(child))
    return found


def points_of(node, scope):
    """The numbers of the calls to point(), each with the definition around it, or None at the level of the module."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield from points_of(child, child)
            continue
        if isinstance(child, ast.Call) and getattr(child.func, "id", "") == "point":
            yield child.args[0].value, scope
        yield from points_of(child, scope)


def tolerant_points(source, name):
    """The points where one more name, the root's, is of no account.

    Two lists: where the name is not mentioned in the scope or a nested one, and where nothing there would see it.
    Number 0 stands for the end of the module. A class body is in neither.
    """
    top = symtable.symtable(source, name, "exec")
    known = tables(top)
    unmentioned, unseen = [], []
    for number, scope in [(0, None), *points_of(ast.parse(source), None)]:
        if isinstance(scope, ast.ClassDef):
            continue
        table = top if scope is None else known[scope.name, scope.lineno]
        if not mentions(table):
            unmentioned.append(number)
        if not sees(table):
            unseen.append(number)
    return {"unmentioned": sorted(unmentioned), "unseen": sorted(unseen)}
