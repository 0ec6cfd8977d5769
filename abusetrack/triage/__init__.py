"""The main job, for both faces: intake -> lookup -> case file -> judgement -> drafts."""
