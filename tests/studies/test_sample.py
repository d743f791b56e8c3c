"""The sample files become a study whose last season can be forecast, by the commands that come with them."""

import shlex

from engine.__main__ import main
from engine.studies import sample
from engine.studies.store import open_study


def test_the_sample_is_ingested_by_its_own_command(tmp_path, monkeypatch, capsys):
    assert main(["sample", "--out", str(tmp_path)]) == 0
    assert "README.txt" in capsys.readouterr().out
    assert (tmp_path / sample.READ_ME).read_text() == sample.instructions()
    assert sample.commands() in sample.instructions()
    monkeypatch.chdir(tmp_path)
    first = shlex.split(sample.commands().replace("\\\n", " ").splitlines()[0])
    assert main(first[1:]) == 0
    study = open_study(tmp_path / "sample")
    assert study.is_open("2022")
    assert not study.has_series("2022")
    assert study.seasons_before("2022") == ("2018", "2019", "2020", "2021")
    assert len(study.labelled_in("2021")) == 400
    assert study.provenance == "simulated"
