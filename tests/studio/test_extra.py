"""Without the studio's extra there is one clear error."""

import pytest

from trainer.studio.extra import StudioExtraMissing, need


def test_a_missing_library_says_how_to_get_it():
    with pytest.raises(StudioExtraMissing, match=r"pip install '\.\[studio\]'"):
        need("no_such_library_here")


def test_studio_modules_import_without_heavy_libraries():
    import subprocess
    import sys

    code = (
        "import sys, trainer.studio.samples\n"
        "heavy = {'anny', 'torch', 'pyvista', 'vtk', 'av'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
