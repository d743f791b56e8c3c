"""From files to a first answer in one command."""

from shapely.affinity import translate

from engine.__main__ import main
from tests.studies.ingest.foreign import PARCELS, parcels, series


def test_files_become_a_study_and_first_answers_in_one_command(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("GROUNDPLAN_WORKSPACE", str(tmp_path / "workspace"))
    asked = []
    monkeypatch.setattr(
        "engine.cli.running.run_plans", lambda study, plans, *rest, **more: asked.extend(plans) or []
    )
    frame = parcels()
    here = [translate(shape, xoff=0.1 * row) for row, shape in enumerate(frame.geometry[:PARCELS])]
    frame = frame.set_geometry(here * 2, crs=4326)
    frame.to_file(tmp_path / "p.gpkg")
    series().to_csv(tmp_path / "s.csv", index=False)
    files = ["--parcels", str(tmp_path / "p.gpkg"), "--series", str(tmp_path / "s.csv")]
    words = ["ingest", *files, "--name", "Try", "--out", str(tmp_path / "study"), "--answer", "quick"]
    main(words)
    said = capsys.readouterr().err
    assert {plan.target for plan in asked} == {"2020"}
    assert {plan.recipe.name for plan in asked} == {"quick"}
    assert "ensemble" in {plan.method.name for plan in asked}
    assert f"groundplan run {tmp_path / 'study'} --target 2020 --purpose first --recipe quick" in said
